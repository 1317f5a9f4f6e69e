import { type Id, type IdKind, idPrefixes } from '@tandem/kernel';
import { fromUUID, toUUID, toUUIDBytes, type TypeId } from 'typeid-js';
import { v7 } from 'uuid';
import { invalidField } from './refusal.js';

/** A new UUIDv7, the form ids have in SQL. Rises with time, but never order by it. */
export function newUuid(): string {
  return v7();
}

/** The public form of a UUID: `toPublicId('order', uuid)` → `ord_…`. */
export function toPublicId<K extends IdKind>(kind: K, uuid: string): Id<K> {
  return fromUUID(uuid, idPrefixes[kind]) as string as Id<K>;
}

/** A new id in its public form. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  return toPublicId(kind, newUuid());
}

const publicIds = Object.fromEntries(
  Object.entries(idPrefixes).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`)]),
) as Record<IdKind, RegExp>;

/** The UUID of a public id; `undefined` when it is malformed or of another kind (an edge answers 404 then). */
export function parsePublicId(kind: IdKind, text: string): string | undefined {
  if (!publicIds[kind].test(text)) return undefined;
  try {
    return toUUID(text as TypeId<string>);
  } catch {
    return undefined; // of the right shape, but its bits are no UUID's
  }
}

/** As `parsePublicId`, but also the 128 bits of an id that are of no version of UUID, as a hand writes them: PostgreSQL keeps those like others. */
export function parseAnyPublicId(kind: IdKind, text: string): string | undefined {
  if (!publicIds[kind].test(text)) return undefined;
  const bits = Buffer.from(toUUIDBytes(text as TypeId<string>)).toString('hex');
  return bits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The UUID of a public id that is known to be well formed (it came from an event or from a service of ours). Throws otherwise. */
export function uuidOf(kind: IdKind, id: string): string {
  const uuid = parsePublicId(kind, id);
  if (uuid === undefined) throw new TypeError(`${JSON.stringify(id)} is not an id of kind ${kind}`);
  return uuid;
}

/** The UUID of a public id in a field of a request. Refuses, naming the field, what is malformed or of another kind. */
export function uuidOfField(kind: IdKind, text: string, pointer: string): string {
  const uuid = parsePublicId(kind, text);
  if (uuid === undefined) throw invalidField(pointer, 'id', `must be an id of kind ${kind}`);
  return uuid;
}
