import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const given = env['TEST_DATABASE_URL'];
  const folder = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  // mkdtemp closes the folder to everyone else; the server's account must pass.
  await chmod(folder, 0o755);
  const postgres = given ? undefined : await startPostgres({ dataDir: join(folder, 'postgres'), durable: false });
  const url = given ?? postgres?.url ?? '';
  await migrate({ serverUrl: url, env: {}, fresh: given !== undefined });
  return {
    env: { TEST_DATABASE_URL: url },
    stop: async () => {
      await postgres?.stop();
      await removePostgresData(join(folder, 'postgres'));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
