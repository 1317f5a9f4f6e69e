/** Something the person at the keyboard can mend. The message says what is wrong and what to do; it is printed without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Runs a command-line entry: a `Failure` is printed plainly, anything else with its stack; both end with exit code 1. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(
      `${error instanceof Failure ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
