import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '@tandem/kernel';

/** A database that rejects what the callback of a transaction asks of it instead of its `tx`: ten such callbacks at once hold every connection, and each waits for one more. What is begun in a callback and goes on after its transaction may ask. */
export function fenced(database: Database): Database {
  const within = new AsyncLocalStorage<{ isOpen: boolean }>();
  const unlessWithin = async <A>(ask: () => Promise<A>): Promise<A> => {
    if (within.getStore()?.isOpen) throw new Error('asked of the database in a transaction of it: ask its `tx`');
    return ask();
  };
  return {
    query: (statement, values) => unlessWithin(() => database.query(statement, values)),
    transaction: (work) =>
      unlessWithin(() => {
        const own = { isOpen: true };
        return database.transaction((tx) => within.run(own, () => work(tx))).finally(() => (own.isOpen = false));
      }),
  };
}
