import pg from 'pg';
import { Failure } from '../failure.js';

/** The same server, another database. */
export function databaseOn(serverUrl: string, database: string): string {
  return Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
}

/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The URL that a variable holds; undefined when it is not set. Throws a `Failure` unless it is PostgreSQL's; as it may hold a password, it is not shown. */
export function givenDatabaseUrl(variable: string, env: Environment): string | undefined {
  const given = env[variable];
  if (!given) return undefined;
  if (URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol)) return given;
  throw new Failure(
    `${variable}: got (a value that is not shown), wants the URL of a PostgreSQL server, e.g. postgres://user:password@localhost:5432/postgres.`,
  );
}

/** Where a service's database (or the log's) is: `<SERVICE>_DATABASE_URL`, else `tandem_<service>` on the server of `DATABASE_URL`. */
export function databaseUrlOf(service: string, serverUrl: string, env: Environment): string {
  return givenDatabaseUrl(`${service.toUpperCase()}_DATABASE_URL`, env) ?? databaseOn(serverUrl, `tandem_${service}`);
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;

/** Creates the database that `url` names, unless it is there. Two callers at once both succeed. Throws a `Failure` when the server does not let us. */
export async function ensureDatabase(url: string): Promise<void> {
  if (await exists(url)) return;
  try {
    await onMaintenance(url, (client, name) => client.query(`CREATE DATABASE ${name}`));
  } catch (error) {
    // duplicate_database; unique_violation when two create it at the same moment
    if (codeOf(error) === '42P04' || codeOf(error) === '23505') return;
    throw new Failure(`The database ${withoutPassword(url)} cannot be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Drops the database that `url` names, whoever is connected. */
export async function dropDatabase(url: string): Promise<void> {
  await onMaintenance(url, (client, name) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

async function exists(url: string): Promise<boolean> {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
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
