import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { workspaceRoot } from '../workspace.js';
import { type Counts, add, line, noTests } from './counts.js';
import { type TestServers, startTestServers } from './servers.js';
import { type Step, type TestEnvironment, projectTests, steps } from './steps.js';

/** Runs every step, whatever the ones before said, and prints the sum as the last line. Answers the exit code. */
export async function runTests(args: readonly string[], env: TestEnvironment): Promise<number> {
  const chosen = stepsOf(args);
  // A Ctrl-C ends the step at hand by itself, as it reaches the whole group; here it must not end us before the servers are stopped.
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (isInterrupted = true));
  let servers: TestServers | undefined;
  let counts: Counts = noTests;
  try {
    servers = await startTestServers(env);
    const shared = { NX_DAEMON: 'false', NX_TUI: 'false', ...env, ...servers.env };
    for (const step of chosen) {
      if (isInterrupted) throw new Failure(`Interrupted before "${step.name}".`);
      const begun = Date.now();
      const got = await step.run(shared);
      console.log(`\n${step.name}: ${line(got)} (${((Date.now() - begun) / 1000).toFixed(0)} s)\n`);
      counts = add(counts, got);
    }
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    counts = add(counts, { ...noTests, failed: 1, failures: ['the run itself, see above'] });
  } finally {
    await servers?.stop();
  }
  // Last, so that whoever sees only the end of a long log sees what failed.
  for (const failure of counts.failures) console.log(`FAILED ${failure}\n`);
  console.log(line(counts));
  return counts.failed > 0 ? 1 : 0;
}

function stepsOf(args: readonly string[]): readonly Step[] {
  const folders = args.filter((arg) => /^(apps|libs)\//.test(arg));
  const unknown = folders.find((folder) => !existsSync(join(workspaceRoot, folder, 'package.json')));
  if (unknown !== undefined) throw new Failure(`${unknown} is no project of this repository: name its folder, e.g. apps/cart.`);
  if (folders.length > 0) return [projectTests(folders)];
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
  return steps.filter(({ name }) => (only === undefined || name.startsWith(only)) && !(args.includes('--no-e2e') && name.startsWith('journeys')));
}
