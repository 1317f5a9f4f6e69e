import type { StreamedEvent } from './event-stream.js';

/** Up to where an order's history was sent; 0 for not at all. */
export type Position = { readonly orderId: string; readonly after: number };

/** Whose histories have grown; `isAny` when something was missed, e.g. after a lost connection. */
export type Growth = { readonly orderIds: readonly string[]; readonly isAny: boolean };

/** The histories of orders, as the order service has them. */
export type OrderFeed = {
  /** Calls `onGrowth` from now on; what is told may be told twice. */
  follow(onGrowth: (growth: Growth) => void): void;
  /** What came after, in order and without a gap, of at most `mostOrders` orders; of each at most `mostEvents`. Rejects while order is away. */
  read(positions: readonly Position[]): Promise<ReadonlyMap<string, readonly StreamedEvent[]>>;
  stop(): void;
};

/** Orders that may be read in one look, and events of each that come at once; fewer events are all. Source: order.proto, `ReadHistories`. */
export const mostOrders = 100;
export const mostEvents = 50;
