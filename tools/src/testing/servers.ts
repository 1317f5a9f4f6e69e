import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { findJava, startKafka } from '../kafka/index.js';
import { migrate } from '../migrate.js';
import { removePostgresData, startPostgres } from '../postgres.js';
import type { TestEnvironment } from './steps.js';

/** The servers of a test run, gone afterwards with all they wrote. */
export type TestServers = { readonly env: Readonly<Record<string, string>>; stop(): Promise<void> };

/**
 * One PostgreSQL for the whole run, on a free port and without durability. It holds `tandem_<service>` migrated: a suite copies it
 * (`CREATE DATABASE … TEMPLATE tandem_<service>`). With `TEST_DATABASE_URL` set, that server is used and left running.
 */
export async function startTestServers(env: TestEnvironment): Promise<TestServers> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  // mkdtemp closes the folder to everyone else; the server's account must pass.
  await chmod(folder, 0o755);
  const undo: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true }),
    () => removePostgresData(join(folder, 'postgres')),
  ];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const given = env['TEST_DATABASE_URL'];
    const postgres = given ? undefined : await startPostgres({ dataDir: join(folder, 'postgres'), durable: false });
    if (postgres) undo.push(postgres.stop);
    const url = given ?? postgres?.url ?? '';
    const kafka = await startTestKafka(env, join(folder, 'kafka'));
    if (kafka) undo.push(kafka.stop);
    await migrate({ serverUrl: url, env: {}, fresh: given !== undefined });
    return { env: { TEST_DATABASE_URL: url, ...kafka?.env }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * A real Apache Kafka where Java and Maven are, or the one of `KAFKA_TEST_BROKERS`. Without: nothing, said aloud; with `REQUIRE_KAFKA` a failure.
 * `TANDEM_TEST_KAFKA` is part of the cache's key, as results with and without a broker differ; its address is not.
 */
async function startTestKafka(
  env: TestEnvironment,
  dataDir: string,
): Promise<{ readonly env: Readonly<Record<string, string>>; stop(): Promise<void> } | undefined> {
  if (env['KAFKA_TEST_BROKERS']) return { env: { TANDEM_TEST_KAFKA: 'yes' }, stop: () => Promise.resolve() };
  const java = await findJava();
  if ('missing' in java) {
    if (env['REQUIRE_KAFKA'] === '1') throw new Failure(`REQUIRE_KAFKA is set. ${java.missing}`);
    console.log(`Tests on Apache Kafka are skipped. ${java.missing}`);
    return undefined;
  }
  const kafka = await startKafka({ dataDir });
  return { env: { KAFKA_TEST_BROKERS: kafka.brokers, TANDEM_TEST_KAFKA: 'yes' }, stop: kafka.stop };
}
