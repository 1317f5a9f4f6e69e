import type { Database, Statement, Tx } from '@tandem/kernel';
import type { Logger } from 'pino';
import pg from 'pg';

/** Aborts what runs away, on the server's side. Milliseconds. */
const serverTimeouts = { statement_timeout: 10_000, lock_timeout: 5_000, idle_in_transaction_session_timeout: 15_000 };

/** A server that has gone away without a word: longer than the server's own limits, so that it only fires when the server is not heard. Milliseconds. */
const clientTimeouts = { query_timeout: 15_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/** The one pool of a service. A connection that dies is logged and replaced, it does not end the process. */
export function createPool(connectionString: string, size: number, logger: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: size,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: 2_000,
    application_name: 'tandem',
    // Every statement is named and asked often; a plan for each new set of values costs more than it gains.
    options: '-c plan_cache_mode=force_generic_plan',
    pipeline: true, // what is asked for together travels together
    ...serverTimeouts,
    ...clientTimeouts,
  });
  pool.on('error', (error) => logger.warn({ err: error }, 'a database connection was lost'));
  return pool;
}

/** A service's database on its pool: named statements are prepared once per connection. */
export function createDatabase(pool: pg.Pool): Database {
  return {
    query: (statement, values) => run(pool, statement, values),
    transaction: async (work) => transaction(await pool.connect(), work),
  };
}

async function transaction<T>(client: pg.PoolClient, work: (tx: Tx) => Promise<T>): Promise<T> {
  const wakes: (() => void)[] = [];
  const session = {
    query: (statement: Statement, values?: readonly unknown[]) => run(client, statement, values),
    afterCommit: (wake: () => void) => void wakes.push(wake),
  };
  let broken: Error | undefined;
  // pg-pool listens only while a client is idle: without this, a server that goes away in mid-transaction would end the process.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    together(client);
    // Travels with the first statement. It fails only with the connection, and then so does all that follows.
    const [, result] = await Promise.all([client.query('BEGIN'), work(session as unknown as Tx)]);
    await commit(client);
    // Not within this try: a wake that throws is a bug that ends the process, never a commit that is reported as failed and done again.
    for (const wake of wakes) queueMicrotask(wake);
    return result;
  } catch (error) {
    broken ??= await rollback(client);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** What is asked for before the next turn of the event loop leaves in one packet: each packet is a system call here and one there. */
function together(client: pg.PoolClient): void {
  const { connection } = client as unknown as { readonly connection?: { readonly stream?: { cork(): void; uncork(): void } } };
  const stream = connection?.stream;
  stream?.cork();
  process.nextTick(() => stream?.uncork());
}

/** A transaction in which a statement failed answers COMMIT with ROLLBACK and no error: nothing was written, so nothing is done. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back, because one of its statements had failed');
}

/** Answers the error that makes the connection unusable, if the rollback failed too. */
async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function run<Row>(on: pg.Pool | pg.PoolClient, statement: Statement, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const result = await on.query({ name: statement.name, text: statement.text, values: [...values] });
  return result.rows as readonly Row[];
}

/** True when the database is away or not accepting work, as opposed to a statement that was wrong. Sources: PostgreSQL error classes 08, 53, 57P; libuv codes. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (code === 'ENOENT') return syscall === 'connect'; // a Unix socket goes with its server
  if (typeof code === 'string' && /^(08|53|57P)|^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|NOTFOUND)$/.test(code)) return true;
  return (
    error instanceof Error &&
    /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    )
  );
}
