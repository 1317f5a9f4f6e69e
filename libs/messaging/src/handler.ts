import type { Tx } from '@tandem/kernel';

/** The envelope of an event: its CloudEvents attributes and where it stands in the log. */
export type Message<Data = unknown> = {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: Date;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The key records are ordered by, e.g. the order id. */
  readonly key: string;
  /** Rises by one per (topic, key). */
  readonly sequence: bigint;
  readonly traceparent?: string;
  /** All headers of the record, as they stand in the log. */
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Data;
};

export type Done = { readonly kind: 'done' };
export type Ignored = { readonly kind: 'ignored'; readonly because: string };
/** Can never work: the aggregate is parked as dead, all other keys flow. */
export type Poison = { readonly kind: 'poison'; readonly because: string };

/**
 * An effect outside the database: *act* runs after the planning transaction has committed, *settle* in a second one together with
 * inbox and mark. Until settle has committed the message is not done, so it is planned and acted again: `act` must carry a deterministic
 * key that the outside takes as its idempotency key.
 */
export type Act<Outcome = unknown> = {
  readonly kind: 'act';
  readonly act: () => Promise<Outcome>;
  readonly settle: (tx: Tx, outcome: Outcome) => Promise<Done | Ignored | Poison>;
};

/** A handler's answer. A throw means "try again later"; `Unavailable` means "the outside is away: pause all, park nothing". */
export type Handled = Done | Ignored | Poison | Act;

export const done: Done = { kind: 'done' };
export const ignored = (because: string): Ignored => ({ kind: 'ignored', because });
export const poison = (because: string): Poison => ({ kind: 'poison', because });

/** An effect outside the database, see `Act`. */
export function effect<Outcome>(act: () => Promise<Outcome>, settle: Act<Outcome>['settle']): Handled {
  return { kind: 'act', act, settle } as unknown as Act;
}

/** A system every message needs is away (connection refused, timeout, 5xx). The consumer pauses everything, probes, goes on. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    readonly system: string,
    options?: ErrorOptions,
  ) {
    super(`${system} is unavailable`, options);
  }
}
