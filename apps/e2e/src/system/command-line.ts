import { parseArgs } from 'node:util';

/** What a command can be told, by name: the default says of which kind it is; of several words the first is the default, and no other is taken. */
export type Options = Readonly<Record<string, number | string | boolean | readonly string[]>>;

/** The options as they were given, or as they are by default. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends number
    ? number
    : O[Name] extends boolean
      ? boolean
      : O[Name] extends readonly (infer Word)[]
        ? Word
        : string;
};

/** A command line that is not understood. The message is one line: what is wrong, and what is allowed. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** The options of a proof that starts its system its own way. Says what is wrong with them and ends with 2 when they are not understood. */
export function commandLine<const O extends Options>(options: O): Values<O> {
  return orEnd(() => parseCommandLine(options, { args: process.argv.slice(2), takesStartOptions: false }).values);
}

/** The same of a proof that hands what comes after `--` to `npm start`. */
export function commandLineOfStart<const O extends Options>(
  options: O,
): { readonly values: Values<O>; readonly startOptions: readonly string[] } {
  return orEnd(() => parseCommandLine(options, { args: process.argv.slice(2), takesStartOptions: true }));
}

type Line = { readonly args: readonly string[]; readonly takesStartOptions: boolean };

/** Reads the arguments. Throws `WrongUsage` for an option that there is not, a number or a word that is none, and what stands before the `--`. */
export function parseCommandLine<const O extends Options>(
  options: O,
  { args, takesStartOptions }: Line,
): { readonly values: Values<O>; readonly startOptions: readonly string[] } {
  const flags = Object.fromEntries(
    Object.entries(options).map(([name, usual]) => [name, { type: usual === false || usual === true ? 'boolean' : 'string' } as const]),
  );
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options: flags,
      allowPositionals: takesStartOptions,
      tokens: true,
    });
    const [first] = tokens.filter(({ kind }) => kind !== 'option');
    if (first?.kind === 'positional') throw new WrongUsage(`Unexpected argument '${first.value}'`);
    const read = Object.entries(options).map(([name, usual]) => [name, valueOf(name, values[name], usual)] as const);
    return { values: Object.fromEntries(read) as Values<O>, startOptions: positionals };
  } catch (error) {
    if (!(error instanceof WrongUsage || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS'))) throw error;
    const [fault = ''] = (error as Error).message.split(/\.\s|\n/);
    const allowed = Object.entries(options).map(([name, usual]) => `--${name}${shown(usual)}`);
    throw new WrongUsage(
      `${fault.replace(/\.$/, '')}. Allowed: ${allowed.join(', ')}${takesStartOptions ? '; after a --, the options of npm start' : ''}.`,
    );
  }
}

function valueOf(name: string, given: string | boolean | undefined, usual: Options[string]): Options[string] {
  if (typeof usual === 'object') {
    if (given === undefined) return usual[0] ?? '';
    if (typeof given === 'string' && usual.includes(given)) return given;
    throw new WrongUsage(`Option '--${name}' got "${String(given)}", wants ${usual.join(' or ')}`);
  }
  if (given === undefined) return usual;
  if (typeof usual !== 'number') return given;
  if (!/^\d+(\.\d+)?$/.test(String(given))) throw new WrongUsage(`Option '--${name}' got "${String(given)}", wants a number`);
  return Number(given);
}

function shown(usual: Options[string]): string {
  if (typeof usual === 'boolean') return '';
  if (typeof usual === 'object') return ` ${usual.join('|')}`;
  return ` ${usual === '' ? 'TEXT' : usual}`;
}

function orEnd<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
