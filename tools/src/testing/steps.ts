import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace.js';
import { succeeds } from './command.js';
import { type Counts, type JestReport, add, countsOf, noTests } from './counts.js';

/** What the steps run with; holds the addresses of the test servers. */
export type TestEnvironment = Readonly<Record<string, string | undefined>>;

export type Step = { readonly name: string; readonly run: (env: TestEnvironment) => Promise<Counts> };

/** A check without tests of its own: one passed or one failed. */
function check(name: string, script: string, args: readonly string[]): Step {
  return { name, run: async (env) => ((await succeeds(process.execPath, [join('node_modules', script), ...args], env)) ? { ...noTests, passed: 1 } : { ...noTests, failed: 1 }) };
}

const reports = join(workspaceRoot, 'reports/jest');

async function readReports(prefix = ''): Promise<Counts> {
  const files = existsSync(reports) ? (await readdir(reports)).filter((file) => file.endsWith('.json') && file.startsWith(prefix)) : [];
  const all = await Promise.all(files.map(async (file) => countsOf(JSON.parse(await readFile(join(reports, file), 'utf8')) as JestReport)));
  return all.reduce(add, noTests);
}

/** A task that failed without a report is still a failure. */
const atLeastOneFailure = (counts: Counts, succeeded: boolean): Counts => (succeeded || counts.failed > 0 ? counts : { ...counts, failed: 1 });

/** Unit, contract and edge tests of every project whose inputs changed; the others' results come from the cache. */
const projectTests: Step = {
  name: 'tests',
  run: async (env) => {
    await rm(reports, { recursive: true, force: true });
    await mkdir(reports, { recursive: true });
    const succeeded = await succeeds(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'run-many', '--targets=test', '--parallel=2', '--outputStyle=static'], env);
    return atLeastOneFailure(await readReports(), succeeded);
  },
};


/** The journeys against a system that already runs. `label` tells the reports of several runs apart. */
export async function journeys(label: string, env: TestEnvironment): Promise<Counts> {
  const report = join(reports, `journeys-${label}.json`);
  await mkdir(reports, { recursive: true });
  const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand', '--json', `--outputFile=${report}`, 'apps/e2e/src'];
  const succeeded = await succeeds(process.execPath, jest, env);
  return atLeastOneFailure(await readReports(`journeys-${label}`), succeeded);
}

/** In this order: the cheap ones first. */
export const steps: readonly Step[] = [check('buf lint', '@bufbuild/buf/bin/buf', ['lint']), check('lint', 'nx/dist/bin/nx.js', ['run', '@tandem/tools:lint-workspace', '--outputStyle=static']), projectTests];
