import type { StreamedEvent } from './event-stream.js';

/** Up to where something was sent; 0 for not at all. */
export type Position = { readonly id: string; readonly after: number };

/** What has grown, by public id; `isAny` when something was missed, e.g. after a lost connection. */
export type Growth = { readonly ids: readonly string[]; readonly isAny: boolean };

/** What can be followed, as the service that owns it has it: histories of orders, states of jobs. */
export type LiveFeed = {
  /** Calls `onGrowth` from now on; what is told may be told twice. */
  follow(onGrowth: (growth: Growth) => void): void;
  /** What came after, in order and without a gap, of at most `mostAtOnce`; of each at most `mostEvents`. Rejects while the owner is away. */
  read(positions: readonly Position[]): Promise<ReadonlyMap<string, readonly StreamedEvent[]>>;
  stop(): void;
};

/** What may be read in one look, and events of each that come at once; fewer events are all. Sources: order.proto, `ReadHistories`; jobs.proto, `ReadJobs`. */
export const mostAtOnce = 100;
export const mostEvents = 50;
