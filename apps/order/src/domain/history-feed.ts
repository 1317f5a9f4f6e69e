/** One line of an order's history, ready to be sent; ids are UUIDs, `data` is JSON. */
export type FedLine = { readonly order: string; readonly sequence: number; readonly type: string; readonly at: Date; readonly data: string };

/** Whose histories have grown; `any` when something was missed. Both empty: a sign of life. */
export type Growth = { readonly orders: readonly string[]; readonly isAny: boolean };

/** Up to where an order's history is known; 0 for not at all. */
export type HistoryPosition = { readonly order: string; readonly after: number };

/** Histories of several orders, in one look. Lines of one order come in order and without a gap. */
export type Histories = {
  /** At most `limit` lines of each order. */
  read(positions: readonly HistoryPosition[], limit: number): Promise<readonly FedLine[]>;
};

/** How the replicas of the service tell each other of growth. What is told may be lost, and then the next look finds it. */
export type GrowthChannel = {
  tell(orders: readonly string[]): Promise<void>;
  /** Calls `onGrowth` for what other replicas tell, and with `isAny` whenever it could have missed something. Until `stop`. */
  listen(onGrowth: (growth: Growth) => void): void;
  stop(): Promise<void>;
};
