import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaVersion, startKafka } from '../kafka/index.js';
import { type JestReport, countsOf } from '../testing/counts.js';
import { workspaceRoot } from '../workspace.js';
import { type Scenario, checks } from './scenario.js';

/** The oldest that is served, and the one we ship. */
const versions = ['4.0.2', kafkaVersion];
const suite = 'libs/messaging/src/adapters/kafka';
const run = promisify(execFile);

/** The conformance suite, and the check of protocol versions, on a broker of this version. */
async function conformanceOn(version: string, folder: string): Promise<JestReport> {
  const kafka = await startKafka({ dataDir: join(folder, version), version });
  const report = join(folder, `${version}.json`);
  const jest = [
    '--no-warnings',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    '--json',
    `--outputFile=${report}`,
    suite,
  ];
  try {
    await run(process.execPath, jest, {
      cwd: workspaceRoot,
      maxBuffer: 64_000_000,
      env: { ...process.env, KAFKA_TEST_BROKERS: kafka.brokers },
    }).catch((error: unknown) => error); // what failed is in its report
    return JSON.parse(await readFile(report, 'utf8')) as JestReport;
  } finally {
    await kafka.stop();
  }
}

export const kafkaVersions: Scenario = {
  name: 'kafka-versions',
  must: `Apache Kafka ${versions.join(' and ')}: the conformance suite, and the versions of the protocol we send are served`,
  logs: ['kafka'],
  async run({ say }) {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-versions-'));
    const { faults, expect } = checks();
    const shown: string[] = [];
    try {
      for (const version of versions) {
        const { passed, failed, skipped } = countsOf(await conformanceOn(version, folder));
        shown.push(`${version}: ${passed} of ${passed + failed + skipped} cases`);
        say(shown.at(-1) ?? '');
        expect(failed + skipped === 0 && passed > 0, `${version}: ${failed} failed, ${skipped} not run`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return { figure: shown.join('; '), faults };
  },
};
