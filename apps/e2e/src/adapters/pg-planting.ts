import pg from 'pg';
import { folderOf, urlOf } from './pg-database-cost.js';

/** A change to rows of one table. `$1` is the order's uuid in all SQL; `where` fits the rows before the change and after it, or only after when they are new. */
export type Plant = {
  readonly service: string;
  readonly table: string;
  readonly where: string;
  readonly change: string;
  /** A constraint or unique index of the table that would refuse it, lifted meanwhile. */
  readonly lift?: string;
};

/** The databases of a system of `npm start`. Foreign keys and triggers do not hold for what is written here. */
export type Planting = {
  query(service: string, text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Makes the change; answers what takes it back, row by row. Rejects when it changed nothing. */
  plant(plant: Plant, orderUuid: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
};

/** Opens the databases of the server with this process id. */
export function pgPlanting(postgresPid: number): Planting {
  const clients = new Map<string, Promise<pg.Client>>();
  const open = async (service: string): Promise<pg.Client> => {
    const url = new URL(urlOf(folderOf(postgresPid)));
    url.pathname = `/tandem_${service}`;
    const client = new pg.Client({ connectionString: url.href, options: '-c session_replication_role=replica' });
    await client.connect();
    return client;
  };
  const of = (service: string): Promise<pg.Client> => {
    const known = clients.get(service) ?? open(service);
    clients.set(service, known);
    return known;
  };
  return {
    query: async (service, text, values = []) => (await (await of(service)).query(text, [...values])).rows as Record<string, unknown>[],
    plant: async (plant, orderUuid) => changed(await of(plant.service), plant, orderUuid),
    close: async () => void (await Promise.all([...clients.values()].map(async (client) => (await client).end()))),
  };
}

async function changed(client: pg.Client, { table, where, change, lift }: Plant, id: string): Promise<() => Promise<void>> {
  const restoreGuard = lift === undefined ? () => Promise.resolve() : await lifted(client, table, lift);
  const before = await client.query<{ rows: string | null }>(
    `SELECT jsonb_agg(to_jsonb(t))::text AS rows FROM ${table} t WHERE ${where}`,
    valuesFor(where, id),
  );
  const { rowCount } = await client.query(change, valuesFor(change, id));
  if (rowCount === 0) throw new Error(`nothing was planted by ${change}`);
  return async () => {
    await client.query(`DELETE FROM ${table} WHERE ${where}`, valuesFor(where, id));
    const rows = before.rows[0]?.rows ?? '[]';
    await client.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`, [
      rows,
    ]);
    await restoreGuard();
  };
}

/** PostgreSQL refuses a value that the text does not use. */
function valuesFor(text: string, id: string): readonly string[] & string[] {
  return text.includes('$1') ? [id] : [];
}

async function lifted(client: pg.Client, table: string, name: string): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ definition: string; kind: string }>(
    `SELECT format('ALTER TABLE ${table} ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS definition, 'constraint' AS kind
       FROM pg_constraint WHERE conname = $1 AND conrelid = $2::regclass
     UNION ALL SELECT indexdef, 'index' FROM pg_indexes WHERE indexname = $1`,
    [name, table],
  );
  const [guard] = rows;
  if (!guard) throw new Error(`${table} has no ${name}`);
  await client.query(guard.kind === 'index' ? `DROP INDEX "${name}"` : `ALTER TABLE ${table} DROP CONSTRAINT "${name}"`);
  return async () => void (await client.query(guard.definition));
}
