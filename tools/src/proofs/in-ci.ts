import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JestReport } from '../testing/counts.js';
import { workspaceRoot } from '../workspace.js';
import { scenarios } from './all.js';
import { type ProofRun, prove } from './prove.js';
import type { Results } from './results.js';

/** Where the report of a test run is written, in Jest's form. */
export const proofsReport = 'reports/jest/proofs.json';
const seed = 1;
const keepNothing: Results = { of: () => undefined, keep: () => undefined, write: () => undefined };

/** The short forms that belong to every test run, on both logs where there is a Kafka. Answers whether all hold. */
export async function proveInCi(env: Readonly<Record<string, string | undefined>>, say: (line: string) => void): Promise<boolean> {
  const hasKafka = env['TANDEM_TEST_KAFKA'] === 'yes';
  const runs = scenarios
    .filter(({ inCi }) => inCi)
    .flatMap((scenario) => scenario.logs.map((log): ProofRun => ({ scenario, log, scale: 'short', seed })));
  const possible = runs.filter(({ log }) => log !== 'kafka' || hasKafka);
  const failed = await prove(possible, { results: keepNothing, again: true, say });
  const report: JestReport = {
    numPassedTests: possible.length - failed.length,
    numFailedTests: failed.length,
    numPendingTests: runs.length - possible.length,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
    testResults: failed.map((name) => ({
      name: 'proofs',
      status: 'failed',
      message: '',
      assertionResults: [{ status: 'failed', fullName: name, failureMessages: ['see its FAULT lines above'] }],
    })),
  };
  const file = join(workspaceRoot, proofsReport);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(report));
  return failed.length === 0;
}
