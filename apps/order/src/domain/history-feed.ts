/** One line of an order's history, ready to be sent; ids are UUIDs, `data` is JSON. */
export type FedLine = {
  readonly order: string;
  readonly sequence: number;
  readonly type: string;
  readonly at: Date;
  readonly data: string;
};

/** Up to where an order's history is known; 0 for not at all. */
export type HistoryPosition = { readonly order: string; readonly after: number };

/** Histories of several orders, in one look. Lines of one order come in order and without a gap. */
export type Histories = {
  /** At most `limit` lines of each order. */
  read(positions: readonly HistoryPosition[], limit: number): Promise<readonly FedLine[]>;
};
