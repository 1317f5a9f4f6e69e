import { type Database, type Session, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { EventLog } from '@tandem/messaging';
import type { Reach } from './reach.js';

/** Every function of the messaging schema writes; a table such as `messaging.parked` may only be read. */
const writes = /\b(INSERT|UPDATE|DELETE)\b|\bmessaging\.\w+\(/;
/** One that answers what it has written: nothing when it answers no row. */
const tells = /^\s*(INSERT|UPDATE|DELETE)\b.*\bRETURNING\b/s;

/**
 * Before and after every statement that writes by itself, and before and after every commit, named by the last statement that wrote; the commit of a transaction
 * that found nothing to write is none. A statement that answered rows has an after of its own: a sweeper that dies there has something in its hands, which one that looked in vain has not.
 */
export function databaseWithCrashPoints(database: Database, reach: Reach): Database {
  return {
    async query<Row>(statement: Statement, values?: readonly unknown[]) {
      if (!writes.test(statement.text)) return database.query<Row>(statement, values);
      reach(`database ${statement.name}, before`);
      const rows = await database.query<Row>(statement, values);
      reach(`database ${statement.name}, ${rows.length > 0 ? 'after, with rows' : 'after'}`);
      return rows;
    },
    async transaction(work) {
      let last = '';
      const result = await database.transaction(async (tx) => {
        const answer = await work(watched(tx, (statement) => (last = statement.name)));
        if (last !== '') reach(`commit ${last}, before`);
        return answer;
      });
      if (last !== '') reach(`commit ${last}, after`);
      return result;
    },
  };
}

function watched(tx: Tx, onWrite: (statement: Statement) => void): Tx {
  const session = sessionOf(tx);
  const query: Session['query'] = async <Row>(statement: Statement, values?: readonly unknown[]) => {
    const rows = await session.query<Row>(statement, values);
    if (writes.test(statement.text) && !(tells.test(statement.text) && rows.length === 0)) onWrite(statement);
    return rows;
  };
  return { query, afterCommit: session.afterCommit } as unknown as Tx;
}

/** Before and after every publish, and before and after every record is handled; what is handled is not committed yet. */
export function logWithCrashPoints(log: EventLog, reach: Reach): EventLog {
  return {
    ...log,
    publish: (records) =>
      around(reach, `publish ${[...new Set(records.map(({ topic, headers }) => headers['ce_type'] ?? topic))].sort().join(' + ')}`, () =>
        log.publish(records),
      ),
    subscribe: (options) =>
      log.subscribe({
        ...options,
        handle: (record, signal) =>
          around(reach, `handle ${record.headers['ce_type'] ?? record.topic} in ${options.group}`, () => options.handle(record, signal)),
      }),
  };
}

/** Before and after every call of a provider, named by the provider and the call. `close` is left alone. */
export function providerWithCrashPoints<Provider extends object>(name: string, provider: Provider, reach: Reach): Provider {
  const calls = Object.entries(provider).map(([call, value]) => {
    if (typeof value !== 'function' || call === 'close') return [call, value] as const;
    return [
      call,
      (...args: unknown[]) => around(reach, `${name} ${call}`, async () => (value as (...args: unknown[]) => unknown)(...args)),
    ] as const;
  });
  return Object.fromEntries(calls) as Provider;
}

/** Before and after one call. */
export async function around<T>(reach: Reach, name: string, call: () => Promise<T>): Promise<T> {
  reach(`${name}, before`);
  const answer = await call();
  reach(`${name}, after`);
  return answer;
}
