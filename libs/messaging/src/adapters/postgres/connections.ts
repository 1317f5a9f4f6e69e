import type { Statement } from '@tandem/kernel';
import pg from 'pg';
import type { Logger } from '../logger.js';

/** Runs one statement; rows come as arrays, `bigint` columns as texts. */
export type Run = <Row extends readonly unknown[]>(statement: Statement & Patience, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** How long the answer to one statement is waited for, ms; then its connection is given up. */
type Patience = { readonly withinMs?: number };

/** Commits are not flushed unless a statement asks for it; plans are generic, so a plan never depends on one call's values. */
const sessionOptions =
  '-c jit=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=off -c lock_timeout=5s -c statement_timeout=30s';

export const clientConfig = (connectionString: string): pg.ClientConfig => ({
  connectionString,
  options: sessionOptions,
  application_name: 'tandem-event-log',
  keepAlive: true,
  connectionTimeoutMillis: 5_000,
});

/** Runs a statement on a client or a pool. */
export async function runOn<Row extends readonly unknown[]>(
  on: pg.Pool | pg.ClientBase,
  { name, text, withinMs }: Statement & Patience,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const query = {
    name,
    text,
    values: [...values],
    rowMode: 'array' as const,
    ...(withinMs === undefined ? {} : { query_timeout: withinMs }),
  };
  const { rows } = await on.query<unknown[]>(query);
  return rows as unknown as readonly Row[];
}

/** A server that is not heard any more, ms: longer than the statement timeout above, so it fires only when even that is not answered. */
const unheardAfterMs = 35_000;

/** The pool for appends, reads and wake-ups. Whatever must die with the member goes through its `Session` instead. */
export function openPool(connectionString: string, logger: Logger): { readonly pool: pg.Pool; readonly run: Run } {
  const pool = new pg.Pool({ ...clientConfig(connectionString), query_timeout: unheardAfterMs, max: 4, idleTimeoutMillis: 10_000 });
  pool.on('error', (error) => logger.warn({ err: error }, 'the event log lost an idle connection'));
  return { pool, run: (statement, values) => runOn(pool, statement, values) };
}
