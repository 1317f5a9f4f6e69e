/** A prepared statement: PostgreSQL plans it once per connection under `name`, so one name means one text. */
export type Statement = { readonly name: string; readonly text: string };

/** Runs statements. Values are bound as `$1…$n`, never concatenated. */
export type Session = {
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<readonly Row[]>;
};

declare const transaction: unique symbol;

/** A database transaction in progress. Opaque to features, which only hand it on; adapters open it with `sessionOf`. */
export type Tx = { readonly [transaction]: true };

/** What an adapter may do inside a transaction. */
export type TxSession = Session & {
  /** Called once after the commit, never after a rollback. For wake-ups only: it must not throw and is not awaited. */
  afterCommit(wake: () => void): void;
};

/** The session behind a transaction. Only adapters, `libs/host` and `libs/messaging` may look inside (lint). */
export function sessionOf(tx: Tx): TxSession {
  return tx as unknown as TxSession;
}

/** One service's database. */
export type Database = Session & {
  /** Commits when `work` resolves, rolls back when it throws. READ COMMITTED; holds one connection, so no remote call inside. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
};
