/** Something the person at the keyboard can mend. The message says what is wrong and what to do; it is printed without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** What a command ends with because of it. */
  readonly exitCode: number = 1;
}

/** Runs a command-line entry: a `Failure` is printed plainly and says the exit code, anything else is printed with its stack and ends with 1. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
  }
}

/** What is printed of an error. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof Failure ? error.message : (error.stack ?? error.message);
}
