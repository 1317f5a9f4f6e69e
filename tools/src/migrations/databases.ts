import pg from 'pg';
import { Failure } from '../failure.js';

/** The same server, another database. */
export function databaseOn(serverUrl: string, database: string): string {
  return Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
}

/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a service's database is: `<SERVICE>_DATABASE_URL`, else `tandem_<service>` on the server of `DATABASE_URL`. */
export function databaseUrlOf(service: string, serverUrl: string, env: Environment): string {
  return env[`${service.toUpperCase()}_DATABASE_URL`] || databaseOn(serverUrl, `tandem_${service}`);
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;

/** Creates the database that `url` names, unless it is there. Two callers at once both succeed. */
export async function ensureDatabase(url: string): Promise<void> {
  if (await exists(url)) return;
  await onMaintenance(url, async (client, name) => {
    try {
      await client.query(`CREATE DATABASE ${name}`);
    } catch (error) {
      // duplicate_database; unique_violation when two create it at the same moment
      if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
    }
  });
}

/** Drops the database that `url` names, whoever is connected. */
export async function dropDatabase(url: string): Promise<void> {
  await onMaintenance(url, (client, name) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

async function exists(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    if (codeOf(error) === '3D000') return false;
    throw new Failure(
      `The PostgreSQL server at ${withoutPassword(url)} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Statements on databases run from a third one: `postgres` is on every server. */
async function onMaintenance(url: string, work: (client: pg.Client, quotedName: string) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseOn(url, 'postgres'), connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await work(client, client.escapeIdentifier(decodeURIComponent(new URL(url).pathname.slice(1))));
  } finally {
    await client.end();
  }
}

/** For messages: a URL whose password is not shown. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
}
