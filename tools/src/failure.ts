/** Something the person at the keyboard can mend. The message says what is wrong and what to do; it is printed without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Runs a command-line entry: a `Failure` is printed plainly, anything else with its stack; both end with exit code 1. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

/** What is printed of an error. A wrong option is the person's, too: `parseArgs` says which. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isPlain = error instanceof Failure || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  return isPlain ? error.message : (error.stack ?? error.message);
}
