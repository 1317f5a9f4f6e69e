import { invalidField, Refusal } from '@tandem/host';

/** Objects and arrays may be this deep in each other. Source: docs/reference/api.md, "Conventions". */
const maxDepth = 20;

/** The value of a JSON body; `undefined` for an empty one. Refuses what is not JSON in UTF-8, too deep, or has U+0000 in a text. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  const value = decoded(bytes);
  inspect(value, '', 0);
  return value;
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new Refusal('malformed-json', { detail: cause instanceof SyntaxError ? cause.message : 'the body is not UTF-8' });
  }
}

function inspect(value: unknown, pointer: string, depth: number): void {
  if (typeof value === 'string') refuseNul(value, pointer);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= maxDepth) throw invalidField(pointer, 'too-deep', `is more than ${maxDepth} levels deep`);
  for (const [key, member] of Object.entries(value)) {
    refuseNul(key, pointer);
    if (key === '__proto__') throw invalidField(`${pointer}/__proto__`, 'unknown-field', 'is not known here');
    inspect(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
  }
}

function refuseNul(text: string, pointer: string): void {
  if (text.includes('\u0000')) throw invalidField(pointer, 'nul', 'contains U+0000');
}
