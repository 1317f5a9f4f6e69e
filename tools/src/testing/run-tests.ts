import { Failure, messageOf } from '../failure.js';
import { chosenSteps } from './choose.js';
import { type Counts, add, line, noTests } from './counts.js';
import { type TestServers, startTestServers } from './servers.js';
import type { TestEnvironment } from './steps.js';

/** Runs every step, whatever the ones before said, and prints the sum as the last line, also when nothing could be run: that is a failure. Answers the exit code. */
export async function runTests(args: readonly string[], env: TestEnvironment): Promise<number> {
  // A Ctrl-C ends the step at hand by itself, as it reaches the whole group; here it must not end us before the servers are stopped.
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (isInterrupted = true));
  let servers: TestServers | undefined;
  let counts: Counts = noTests;
  try {
    const chosen = chosenSteps(args);
    servers = await startTestServers(env);
    const shared = { NX_DAEMON: 'false', NX_TUI: 'false', ...env, ...servers.env };
    for (const step of chosen) {
      if (isInterrupted) throw new Failure(`Interrupted before "${step.name}".`);
      const begun = Date.now();
      const got = await step.run(shared);
      console.log(`\n${step.name}: ${line(got)} (${((Date.now() - begun) / 1000).toFixed(0)} s)\n`);
      counts = add(counts, got);
    }
    if (line(counts) === line(noTests)) throw new Failure('Nothing was run: that shows nothing.');
  } catch (error) {
    console.error(messageOf(error));
    counts = add(counts, { ...noTests, failed: 1, failures: ['the run itself, see above'] });
  } finally {
    await servers?.stop();
  }
  // Last, so that whoever sees only the end of a long log sees what failed.
  for (const failure of counts.failures) console.log(`FAILED ${failure}\n`);
  console.log(line(counts));
  return counts.failed > 0 ? 1 : 0;
}
