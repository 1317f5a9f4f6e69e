import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.js';
import { sqlBetween } from './migrations/schema-diff.js';
import { workspaceRoot } from './workspace.js';

export type NewMigration = {
  readonly service: string;
  /** In snake case; becomes part of the folder's name. */
  readonly name: string;
  readonly now: Date;
  /** Write a migration though the schema did not change, to be filled by hand. Default false. */
  readonly empty?: boolean;
  readonly root?: string;
};

/**
 * Writes the migration that leads from the committed `schema.snapshot.prisma` to `schema.prisma`, and makes the latter the snapshot.
 * Answers the file, which the author completes by hand (checks, partial indexes, data) before it is applied anywhere.
 */
export async function newMigration({ service, name, now, empty = false, root = workspaceRoot }: NewMigration): Promise<string> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Failure(`The name of a migration is snake_case, e.g. add_order_number; got "${name}".`);
  const folder = join(root, 'prisma', service);
  const [schema, snapshot] = [join(folder, 'schema.prisma'), join(folder, 'schema.snapshot.prisma')];
  if (!existsSync(schema)) throw new Failure(`There is no ${schema}.`);
  const wanted = await readFile(schema, 'utf8');
  const sql = sqlBetween(existsSync(snapshot) ? await readFile(snapshot, 'utf8') : null, wanted);
  if (sql === '' && !empty)
    throw new Failure(`The schema of ${service} has not changed. For SQL by hand: npm run db:new -- ${service} ${name} --empty.`);
  const target = join(folder, 'migrations', `${stampOf(now)}_${name}`);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'migration.sql'), sql === '' ? '' : `${sql}\n`);
  await writeFile(join(folder, 'migrations/migration_lock.toml'), 'provider = "postgresql"\n');
  await writeFile(snapshot, wanted);
  return join(target, 'migration.sql');
}

/** `20261121034500`: Prisma's order of folders is the order of their names. */
const stampOf = (now: Date): string => now.toISOString().replace(/\D/g, '').slice(0, 14);
