import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JestReport } from '../testing/counts.js';
import { workspaceRoot } from '../workspace.js';
import { scenariosOf } from './all.js';
import { type ProofRun, prove } from './prove.js';
import type { Results } from './results.js';
import type { Subject } from './scenario.js';

/** Where the report of a test run is written, in Jest's form. */
export const proofsReport = (subject: Subject): string => `reports/jest/proofs-${subject}.json`;
const seed = 1;
const keepNothing: Results = { of: () => undefined, keep: () => undefined, write: () => undefined };

type Environment = Readonly<Record<string, string | undefined>>;

/** The short forms about this subject that belong to every test run, those on Kafka where there is one. Answers whether all hold. */
export async function proveInCi(subject: Subject, env: Environment, say: (line: string) => void): Promise<boolean> {
  const hasKafka = env['TANDEM_TEST_KAFKA'] === 'yes';
  const runs = scenariosOf[subject].flatMap((scenario) =>
    (scenario.inCi ?? []).map((log): ProofRun => ({ scenario, log, scale: 'short', seed })),
  );
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
  const file = join(workspaceRoot, proofsReport(subject));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(report));
  return failed.length === 0;
}
