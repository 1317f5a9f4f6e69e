import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Failure } from './failure.js';

/** A command line that is not understood: it says what is wrong and what is allowed; the command ends with 2. */
export class WrongUsage extends Failure {
  override readonly exitCode = 2;
}

/** `parseArgs`, whose refusals are a `WrongUsage` of one line. */
export function commandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')) throw error;
    const [fault = ''] = (error as Error).message.split(/\.\s|\n/);
    const allowed = Object.entries(config.options ?? {}).map(([name, { type }]) => `--${name}${type === 'string' ? ' VALUE' : ''}`);
    throw new WrongUsage(`${fault.replace(/\.$/, '')}. Allowed: ${allowed.join(', ') || 'none'}.`);
  }
}

/** The number that an option was given. Throws a `WrongUsage` that names the option when it is none. */
export function numberOf(option: string, given: string): number {
  if (!/^\d+(\.\d+)?$/.test(given)) throw new WrongUsage(`Option '--${option}' got "${given}", wants a number.`);
  return Number(given);
}

/** The address of a server that an option was given. Throws a `WrongUsage` that names the option when it is none. */
export function addressOf(option: string, given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
  throw new WrongUsage(`Option '--${option}' got "${given}", wants an address, e.g. http://localhost:3000.`);
}

/** The verbs of a command, and what each wants after it; what stands in brackets may be left out. */
export type Verbs<Verb extends string> = Readonly<Record<Verb, readonly string[]>>;

/** The verb that `words` begin with. Throws a `WrongUsage` that says what is wrong before how the command is used: no such verb, too little after it or too much. */
export function verbOf<const Verb extends string>([given, ...after]: readonly string[], verbs: Verbs<Verb>, usage: string): Verb {
  const known = Object.keys(verbs) as Verb[];
  const verb = known.find((each) => each === given);
  if (verb === undefined) throw new WrongUsage(`Got ${given === undefined ? 'nothing' : `"${given}"`}, wants ${anyOf(known)}.\n${usage}`);
  const wanted = verbs[verb];
  const missing = wanted.slice(after.length).filter((each) => !each.startsWith('['));
  if (missing.length > 0) throw new WrongUsage(`${verb}: wants ${missing.join(' ')}.\n${usage}`);
  const excess = after[wanted.length];
  if (excess !== undefined)
    throw new WrongUsage(`${verb}: got "${excess}", wants ${wanted.length > 0 ? wanted.join(' ') : 'nothing'} after it.\n${usage}`);
  return verb;
}

/** One of these words, or undefined when the option was not given. Throws a `WrongUsage` that names the option for any other. */
export function oneOf<const Word extends string>(option: string, given: string | undefined, words: readonly Word[]): Word | undefined {
  const word = words.find((each) => each === given);
  if (given !== undefined && word === undefined) throw new WrongUsage(`Option '--${option}' got "${given}", wants ${anyOf(words)}.`);
  return word;
}

/** `list, show or log` */
const anyOf = (words: readonly string[]): string => [words.slice(0, -1).join(', '), ...words.slice(-1)].filter(Boolean).join(' or ');
