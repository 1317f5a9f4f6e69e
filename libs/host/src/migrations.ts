import { readdir } from 'node:fs/promises';
import type { Database, Statement } from '@tandem/kernel';

/** Whether these are applied: `$1`, `$2` the newest of the libraries `messaging` and `platform`, `$3` the service's own; null stands for none. */
const applied: Statement = {
  name: 'host_migrations',
  text: `SELECT current_database() AS database, wanted.name FROM (VALUES ('messaging', $1::text), ('platform', $2::text), ('prisma', $3::text)) AS wanted (room, name)
    WHERE wanted.name IS NOT NULL AND NOT EXISTS (
      SELECT FROM migrations.applied a WHERE a.room = wanted.room AND a.name = wanted.name
      UNION ALL SELECT FROM public._prisma_migrations p WHERE wanted.room = 'prisma' AND p.migration_name = wanted.name AND p.finished_at IS NOT NULL)`,
};

/** The newest migrations this build was made for. */
type Newest = readonly [messaging: string | null, platform: string | null, own: string | null];

/**
 * Why a service may not work on its database yet: a migration of this build is missing. Looks until all are there, then never again. A
 * database that is newer is fine: replicas of the release before go on while it is rolled out.
 */
export function createMigrationCheck(
  database: Database,
  service: string,
  root = new URL('../../../', import.meta.url),
): () => Promise<readonly string[]> {
  const newest = newestOf(service, root);
  newest.catch(() => undefined); // told by the first look
  let isDone = false;
  return async () => {
    if (isDone) return [];
    const missing = await missingIn(database, await newest);
    isDone = missing.length === 0;
    return missing;
  };
}

async function missingIn(database: Database, newest: Newest): Promise<readonly string[]> {
  try {
    const rows = await database.query<{ database: string; name: string }>(applied, newest);
    return rows.map((row) => `database ${row.database}: the migration ${row.name} is missing; run npm run migrate`);
  } catch (error) {
    if (!isUndefinedTable(error)) throw error;
    return ['database: it was never migrated; run npm run migrate'];
  }
}

/** Source: PostgreSQL error code 42P01. */
function isUndefinedTable(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '42P01';
}

async function newestOf(service: string, root: URL): Promise<Newest> {
  const last = async (folder: string): Promise<string | null> => {
    const entries = await readdir(new URL(folder, root));
    return (
      entries
        .filter((entry) => /^\d/.test(entry))
        .sort()
        .at(-1)
        ?.replace(/\.sql$/, '') ?? null
    );
  };
  return [await last('libs/messaging/migrations/'), await last('libs/host/migrations/'), await last(`prisma/${service}/migrations/`)];
}
