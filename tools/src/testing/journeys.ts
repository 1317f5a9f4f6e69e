import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WrongUsage } from '../command-line.js';
import { workspaceRoot } from '../workspace.js';
import { succeeds } from './command.js';
import { startSystem } from './system-under-test.js';

type Environment = Readonly<Record<string, string | undefined>>;
export type Target = { readonly storefrontUrl: string; readonly sandboxUrl: string };

/** The runtimes on which the journeys must pass, by the options of `npm start`. */
export const runtimes: Readonly<Record<string, readonly string[]>> = { 'one-process': [], 'split-kafka': ['--split', '--kafka'] };

/** Where the report of a runtime's journeys is written. */
export const reportOf = (runtime: string): string => `reports/jest/journeys-${runtime}.json`;

const folder = 'apps/e2e/src';

/** Jest's patterns for these journeys, all of them unless some are named; it runs what fits any pattern. Throws a `WrongUsage` for a name that is none. */
export function patternsOf(names: readonly string[]): readonly string[] {
  const known = readdirSync(join(workspaceRoot, folder, 'journeys')).map((file) => file.replace(/\.spec\.ts$/, ''));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new WrongUsage(`There is no journey ${unknown.join(', ')}. There are: ${known.sort().join(', ')}.`);
  return names.length === 0 ? [folder] : names.map((name) => `${folder}/journeys/${name}\\.spec\\.ts$`);
}

type What = { readonly report?: string; readonly names?: readonly string[]; readonly jestOptions?: readonly string[] };

/** The journeys against a system that runs, all unless some are named. Answers whether all passed; `report` is Jest's JSON. */
export async function runJourneys(target: Target, env: Environment, { report, names = [], jestOptions = [] }: What = {}): Promise<boolean> {
  if (report) await mkdir(dirname(report), { recursive: true });
  const jest = [
    '--no-warnings',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    ...(report ? ['--json', `--outputFile=${report}`] : []),
    ...patternsOf(names),
    ...jestOptions,
  ];
  return succeeds(process.execPath, jest, { ...env, BASE_URL: target.storefrontUrl, SANDBOX_URL: target.sandboxUrl });
}

/** The journeys on a system of their own. False too when the system did not end cleanly. */
export async function runJourneysOn(runtime: string, env: Environment): Promise<boolean> {
  const system = await startSystem(runtimes[runtime] ?? [], env);
  let passed = false;
  try {
    passed = await runJourneys(system, env, { report: reportOf(runtime) });
  } finally {
    const code = await system.stop();
    if (code !== 0) console.error(`the system ended with ${code} instead of 0`);
    passed &&= code === 0;
  }
  return passed;
}
