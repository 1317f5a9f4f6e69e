import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { findJava } from '../java/java.js';
import { startKafka } from '../kafka/index.js';
import { migrate } from '../migrate.js';
import { givenDatabaseUrl } from '../migrations/databases.js';
import { removePostgresData, startPostgres } from '../postgres.js';
import { startS3 } from '../s3/start-s3.js';
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
    const given = givenDatabaseUrl('TEST_DATABASE_URL', env);
    const postgres = given ? undefined : await startPostgres({ dataDir: join(folder, 'postgres'), durable: false });
    if (postgres) undo.push(postgres.stop);
    const url = given ?? postgres?.url ?? '';
    const kafka = await startTestKafka(env, join(folder, 'kafka'));
    if (kafka) undo.push(kafka.stop);
    const s3 = startTestS3(env, join(folder, 's3')); // beside the migrations, but not beside Kafka: both may have to ask Maven
    const ofS3 = s3.catch(() => undefined); // whoever awaits `s3` hears of it
    undo.push(async () => (await ofS3)?.stop());
    await migrate({ serverUrl: url, env: {}, fresh: given !== undefined });
    return { env: { TEST_DATABASE_URL: url, ...kafka?.env, ...(await s3)?.env }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * A real Apache Kafka, or the one of `KAFKA_TEST_BROKERS`; undefined where it cannot be had. `TANDEM_TEST_KAFKA` is part of the cache's key, as
 * results with and without a broker differ; its address is not.
 */
async function startTestKafka(env: TestEnvironment, dataDir: string): Promise<TestServers | undefined> {
  const ran = { TANDEM_TEST_KAFKA: 'yes' };
  if (env['KAFKA_TEST_BROKERS']) return { env: ran, stop: () => Promise.resolve() };
  if (!(await hasJavaFor('Apache Kafka', env))) return undefined;
  const kafka = await startKafka({ dataDir });
  return { env: { ...ran, KAFKA_TEST_BROKERS: kafka.brokers }, stop: kafka.stop };
}

/** A real server of S3's protocol, or the one of `S3_TEST_URL`, as with Kafka. */
async function startTestS3(env: TestEnvironment, dataDir: string): Promise<TestServers | undefined> {
  const ran = { TANDEM_TEST_S3: 'yes' };
  if (env['S3_TEST_URL']) return { env: ran, stop: () => Promise.resolve() };
  if (!(await hasJavaFor('an S3 server', env))) return undefined;
  const s3 = await startS3(dataDir);
  return { env: { ...ran, ...s3.env }, stop: s3.stop };
}

/** Whether what Maven fetches and Java runs can be had. Where not, it is said aloud what is skipped; with `REQUIRE_KAFKA` that is a failure. */
async function hasJavaFor(server: string, env: TestEnvironment): Promise<boolean> {
  const java = await findJava();
  if (!('missing' in java)) return true;
  if (env['REQUIRE_KAFKA'] === '1') throw new Failure(`REQUIRE_KAFKA is set. ${java.missing}`);
  console.log(`Tests on ${server} are skipped. ${java.missing}`);
  return false;
}
