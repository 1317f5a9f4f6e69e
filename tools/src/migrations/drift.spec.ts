import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { withDatabase } from '../spec-server.js';
import { servicesWithDatabase, workspaceRoot } from '../workspace.js';
import { applyMigrations } from './apply.js';
import { migrationsOf } from './plan.js';
import { sqlBetween } from './schema-diff.js';
import { type Shape, driftOf, shapeOf } from './shape.js';

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const schemaOf = (service: string): Promise<string> => readFile(join(workspaceRoot, 'prisma', service, 'schema.prisma'), 'utf8');

/** `Unsupported("citext")` and the like need their extension before the declared schema can be made. */
const extensions = 'CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS pg_trgm;';

const declaredShape = (schema: string): Promise<Shape> =>
  withDatabase(async (url) => {
    await execute(url, `${extensions}\n${sqlBetween(null, schema)}`);
    return shapeOf(url);
  });

describe.each(servicesWithDatabase())('the database of %s', (service) => {
  it('has a snapshot equal to its schema: the last change has its migration', async () => {
    const snapshot = await readFile(join(workspaceRoot, 'prisma', service, 'schema.snapshot.prisma'), 'utf8');
    expect(sqlBetween(snapshot, await schemaOf(service))).toBe('');
  });

  it('is migrated to what its schema says', async () => {
    const declared = await declaredShape(await schemaOf(service));
    const migrated = await withDatabase(async (url) => {
      await applyMigrations(url, await migrationsOf(service));
      return shapeOf(url);
    });
    expect(driftOf(migrated, declared)).toEqual([]);
  });
});

describe('the check for drift', () => {
  const declared = { columns: ['a.id uuid not null'], enums: [], indexes: ['CREATE INDEX ON a (id)'], foreignKeys: [] };

  it('names what is in the schema only, and columns that are in the migrations only', () => {
    const migrated = { columns: ['a.id text not null'], enums: [], indexes: [], foreignKeys: [] };
    expect(driftOf(migrated, declared)).toEqual([
      'in the schema only · columns: a.id uuid not null',
      'in the schema only · indexes: CREATE INDEX ON a (id)',
      'in the migrations only · columns: a.id text not null',
    ]);
  });

  it('lets migrations add indexes', () => {
    expect(driftOf({ ...declared, indexes: ['CREATE INDEX ON a (id)', 'CREATE INDEX ON a (x) WHERE y'] }, declared)).toEqual([]);
  });
});
