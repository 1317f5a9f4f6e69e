import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { workspaceRoot } from '../workspace.js';
import { succeeds } from './command.js';
import { type Counts, type JestReport, add, countsOf, noTests } from './counts.js';
import { subjects } from '../proofs/all.js';
import { proofsReport } from '../proofs/in-ci.js';
import { breakingArgs, buf } from '../protobuf.js';
import { reportOf, runtimes } from './journeys.js';

/** What the steps run with; holds the addresses of the test servers. */
export type TestEnvironment = Readonly<Record<string, string | undefined>>;

export type Step = { readonly name: string; readonly run: (env: TestEnvironment) => Promise<Counts> };

/** A check without tests of its own: one passed or one failed. */
function check(name: string, script: string, args: readonly string[]): Step {
  return {
    name,
    run: async (env) =>
      (await succeeds(process.execPath, [join('node_modules', script), ...args], env))
        ? { ...noTests, passed: 1 }
        : { ...noTests, failed: 1, failures: [name] },
  };
}

const nx = 'node_modules/nx/dist/bin/nx.js';
const reports = join(workspaceRoot, 'reports/jest');

async function readReports(prefix = ''): Promise<Counts> {
  const files = existsSync(reports) ? (await readdir(reports)).filter((file) => file.endsWith('.json') && file.startsWith(prefix)) : [];
  const all = await Promise.all(files.map(async (file) => countsOf(JSON.parse(await readFile(join(reports, file), 'utf8')) as JestReport)));
  return all.reduce(add, noTests);
}

/** A task that failed without a report is still a failure. */
const atLeastOneFailure = (counts: Counts, succeeded: boolean): Counts =>
  succeeded || counts.failed > 0 ? counts : { ...counts, failed: 1, failures: ['a task without a report, see its output'] };

/**
 * Unit, contract and edge tests of every project whose inputs changed; the others' results come from the cache. Of some folders only, e.g. `apps/cart`, when they are named.
 */
export function projectTests(folders: readonly string[] = []): Step {
  const chosen = folders.length === 0 ? [] : [`--projects=${folders.map((folder) => `@tandem/${basename(folder)}`).join(',')}`];
  return {
    name: 'tests',
    run: async (env) => {
      await rm(reports, { recursive: true, force: true });
      await mkdir(reports, { recursive: true });
      const succeeded = await succeeds(
        process.execPath,
        [nx, 'run-many', '--targets=test', ...chosen, '--parallel=2', '--outputStyle=static'],
        env,
      );
      return atLeastOneFailure(await readReports(), succeeded);
    },
  };
}

/** The journeys on one runtime, from the cache when nothing of the system changed. Without Kafka where it is not required: skipped, counted as one. */
function journeys(runtime: string): Step {
  return {
    name: `journeys ${runtime}`,
    run: async (env) => {
      if (runtime.includes('kafka') && env['TANDEM_TEST_KAFKA'] !== 'yes') return { ...noTests, skipped: 1 };
      await rm(join(workspaceRoot, reportOf(runtime)), { force: true });
      const succeeded = await succeeds(process.execPath, [nx, 'run', `@tandem/e2e:journeys-${runtime}`, '--outputStyle=static'], env);
      return atLeastOneFailure(await readReports(`journeys-${runtime}`), succeeded);
    },
  };
}

/** The claims in their short forms, from the cache when nothing they stand on changed. One after the other: while something is killed every two seconds, whoever takes half of the machine keeps the killed from coming back in time. */
const proofs: Step = {
  name: 'proofs',
  run: async (env) => {
    for (const subject of subjects) await rm(join(workspaceRoot, proofsReport(subject)), { force: true });
    const targets = subjects.map((subject) => `proofs-${subject}`).join(',');
    const args = [nx, 'run-many', `--targets=${targets}`, '--projects=@tandem/tools', '--parallel=1', '--outputStyle=static'];
    const succeeded = await succeeds(process.execPath, args, env);
    return atLeastOneFailure(await readReports('proofs'), succeeded);
  },
};

/** In this order: the cheap ones first. */
export const steps: readonly Step[] = [
  check('buf lint', buf, ['lint']),
  check('buf breaking', buf, breakingArgs()),
  check('lint', 'nx/dist/bin/nx.js', ['run', '@tandem/tools:lint-workspace', '--outputStyle=static']),
  projectTests(),
  proofs,
  ...Object.keys(runtimes).map(journeys),
];
