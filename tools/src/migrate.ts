import { type Environment, databaseUrlOf, dropDatabase, ensureDatabase } from './migrations/databases.js';
import { applyMigrations } from './migrations/apply.js';
import { type Migration, logMigrations, migrationsOf } from './migrations/plan.js';
import { inTurns } from './waiting.js';
import { servicesWithDatabase, workspaceRoot } from './workspace.js';

export type MigrateOptions = {
  /** The server, by the URL of any of its databases. */
  readonly serverUrl: string;
  /** For `<SERVICE>_DATABASE_URL` and `LOG_DATABASE_URL`. */
  readonly env: Environment;
  /** Default: every service, and the log. */
  readonly only?: readonly string[];
  /** Drops each database first. Default false. */
  readonly fresh?: boolean;
  readonly root?: string;
};

type Target = { readonly name: string; readonly url: string; readonly migrations: readonly Migration[] };

/** Databases worked on side by side; more would only fight for the disk. */
const atOnce = 4;

/** Creates and migrates every database, side by side. Answers what was applied where; a second run answers nothing. */
export async function migrate(options: MigrateOptions): Promise<ReadonlyMap<string, number>> {
  const applied = new Map<string, number>();
  await inTurns(await targetsOf(options), atOnce, async ({ name, url, migrations }) => {
    if (options.fresh) await dropDatabase(url);
    await ensureDatabase(url);
    const count = await applyMigrations(url, migrations);
    if (count > 0) applied.set(name, count);
  });
  return applied;
}

async function targetsOf({ serverUrl, env, only, root = workspaceRoot }: MigrateOptions): Promise<readonly Target[]> {
  const services = await Promise.all(
    servicesWithDatabase(root).map(async (name) => ({
      name,
      url: databaseUrlOf(name, serverUrl, env),
      migrations: await migrationsOf(name, root),
    })),
  );
  const log = { name: 'log', url: databaseUrlOf('log', serverUrl, env), migrations: await logMigrations(root) };
  return [log, ...services].filter(({ name }) => !only?.length || only.includes(name));
}
