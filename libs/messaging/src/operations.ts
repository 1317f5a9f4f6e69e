import type { Tx } from '@tandem/kernel';
import type { OutboxFacts } from './publishing/outbox-facts.js';

/** What a service group makes of one topic. */
export type ConsumerFacts = {
  readonly group: string;
  readonly topic: string;
  /** Records not yet settled; null while the log does not answer. */
  readonly lag: number | null;
  /** Age in ms of the oldest of them; 0 when there is none, null while the log does not answer. */
  readonly oldestAgeMs: number | null;
  /** True while everything waits because a system is away. */
  readonly paused: boolean;
  /** Messages set aside and not yet settled, dead ones included. */
  readonly parked: number;
  /** Those of them that wait for an operator. */
  readonly dead: number;
};

export type DeadLetterStatus = 'open' | 'dead' | 'replayed' | 'discarded';
export type DeadLetterClass = 'invalid' | 'poison' | 'transient' | 'gap' | 'behind';

/** A message set aside. `open` ones are retried by themselves or wait behind the head of their key; `dead` ones wait for an operator. */
export type DeadLetter = {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly sequence: bigint | null;
  readonly eventId: string | null;
  readonly type: string | null;
  readonly class: DeadLetterClass;
  readonly reason: string;
  readonly status: DeadLetterStatus;
  readonly attempts: number;
  readonly tries: readonly { readonly at: string; readonly error: string }[];
  readonly firstFailedAt: Date;
  readonly nextAt: Date | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the bytes in base64 when they were no text; null for a tombstone. */
  readonly payload: string | null;
  readonly encoding: 'text' | 'base64';
};

/** All given ones must match. `status` `open` (the default) finds all that is not yet settled, dead ones included; `dead` finds only those. */
export type DeadLetterFilter = {
  readonly group?: string;
  readonly topic?: string;
  readonly type?: string;
  readonly class?: DeadLetterClass;
  /** The class, or part of the reason (upper and lower case alike). */
  readonly reason?: string;
  /** Key of the record, e.g. the order id. */
  readonly key?: string;
  readonly status?: DeadLetterStatus;
  /** Only what failed first before this moment. */
  readonly failedBefore?: Date;
};

/** `cursor`: a position, as a page (`next`) or an entry gave it, up to 18 digits; anything else throws. */
export type Page = { readonly limit?: number; readonly cursor?: string };
export type DeadLetterPage = { readonly items: readonly DeadLetter[]; readonly next: string | null };

/** `matched` what the filter hits; `replayed` what was made due: the heads of the keys hit, since a message never overtakes its key. */
export type Replay = { readonly matched: number; readonly replayed: readonly string[] };

export type Discarding =
  | { readonly kind: 'discarded' }
  | { readonly kind: 'not-found' }
  /** Settled already. */
  | { readonly kind: 'closed' }
  /** Waits behind another message of its key: end that one first. */
  | { readonly kind: 'behind'; readonly head: string };

/** What an operator did. `detail` is why; `position` a cursor. */
export type AuditEntry = {
  readonly position: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: 'replay' | 'discard';
  readonly deadLetter: string;
  readonly detail: string | null;
};

/** Operations on what a service has set aside. Every change leaves an audit row. */
export type DeadLetters = {
  list(filter?: DeadLetterFilter, page?: Page): Promise<DeadLetterPage>;
  show(id: string): Promise<DeadLetter | undefined>;
  /** Keys of which one was settled then or later, each once; with `most` of them there may be others. */
  closedSince(since: Date, most: number): Promise<readonly string[]>;
  /**
   * Makes them due, in order per key; one that fails again parks again with a higher count. `dryRun` only counts. With `keysPerSecond` the
   * keys are due one after the other at that pace, oldest first (a key's own messages follow each other at once); default: all at once.
   */
  replay(
    which: { readonly id: string } | { readonly filter: DeadLetterFilter },
    by: { readonly actor: string; readonly reason?: string; readonly dryRun?: boolean; readonly keysPerSecond?: number },
  ): Promise<Replay>;
  /** Gives one up for good; the next message of its key goes on. */
  discard(id: string, by: { readonly actor: string; readonly reason: string }): Promise<Discarding>;
  /** Oldest first; of one dead letter when `deadLetter` is given. */
  audit(page?: Page & { readonly deadLetter?: string }): Promise<readonly AuditEntry[]>;
  /** The same as part of a transaction: changes come with its commit or not at all, and are seen in it before. */
  within(tx: Tx): DeadLetters;
};

/** What a service's `Ops` answers about its messaging. */
export type Operations = {
  consumers(): Promise<readonly ConsumerFacts[]>;
  outbox(): Promise<OutboxFacts>;
  readonly deadLetters: DeadLetters;
};
