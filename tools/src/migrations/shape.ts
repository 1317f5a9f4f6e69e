import pg from 'pg';

/** What a database's own tables look like: one line per table, column, enum value, index and foreign key of the schema `public`. */
export type Shape = {
  readonly columns: readonly string[];
  readonly enums: readonly string[];
  readonly indexes: readonly string[];
  readonly foreignKeys: readonly string[];
};

const queries = {
  columns: `SELECT format('%s.%s %s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' ELSE '' END) AS line
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_prisma_migrations'`,
  enums: `SELECT format('%s: %s', t.typname, e.enumlabel) AS line FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = 'public'::regnamespace`,
  indexes: `SELECT regexp_replace(indexdef, ' INDEX \\S+ ', ' INDEX ') AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  foreignKeys: `SELECT format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
} as const;

/** The shape of the database at `url`, sorted. Names of indexes and constraints do not count; checks and defaults are the migrations' own. */
export async function shapeOf(url: string): Promise<Shape> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const lines = async (sql: string): Promise<readonly string[]> =>
      (await client.query<{ line: string }>(sql)).rows.map(({ line }) => line).sort();
    return {
      columns: await lines(queries.columns),
      enums: await lines(queries.enums),
      indexes: await lines(queries.indexes),
      foreignKeys: await lines(queries.foreignKeys),
    };
  } finally {
    await client.end();
  }
}

/**
 * How a migrated database differs from what its Prisma schema says; empty when they agree. Migrations may add what Prisma cannot say
 * (partial indexes, checks), but not a table, a column or an enum value.
 */
export function driftOf(migrated: Shape, declared: Shape): readonly string[] {
  const lacking = (name: keyof Shape, here: readonly string[], there: readonly string[]): string[] =>
    there.filter((line) => !here.includes(line)).map((line) => `${name}: ${line}`);
  return [
    ...(['columns', 'enums', 'indexes', 'foreignKeys'] as const).flatMap((name) =>
      lacking(name, migrated[name], declared[name]).map((line) => `in the schema only · ${line}`),
    ),
    ...(['columns', 'enums'] as const).flatMap((name) =>
      lacking(name, declared[name], migrated[name]).map((line) => `in the migrations only · ${line}`),
    ),
  ];
}
