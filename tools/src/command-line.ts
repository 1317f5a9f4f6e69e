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

/** One of these words, or undefined when the option was not given. Throws a `WrongUsage` that names the option for any other. */
export function oneOf<const Word extends string>(option: string, given: string | undefined, words: readonly Word[]): Word | undefined {
  const word = words.find((each) => each === given);
  if (given !== undefined && word === undefined) throw new WrongUsage(`Option '--${option}' got "${given}", wants ${words.join(' or ')}.`);
  return word;
}
