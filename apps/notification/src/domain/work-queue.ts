/**
 * Rows that are to be worked on, each by one process at a time. How one ends, or goes back, is for each queue to say. Proved by `work-queue.contract.ts`.
 * Ids are UUIDs.
 */
export type WorkQueue<Item extends { readonly id: string }> = {
  /** Due items, leased to the caller, oldest first; none of `besides`, which the caller has in hand. What a dead process had is due when its lease ends. */
  take(limit: number, leaseMs: number, besides: readonly string[]): Promise<readonly Item[]>;
  /** Leases what the caller has in hand for so long from now; what has ended, or gone back, stays as it is. */
  hold(ids: readonly string[], leaseMs: number): Promise<void>;
  /** In how many milliseconds something is due, also when a lease ends; null when nothing waits. What `besides` names does not count. */
  nextDueMs(besides: readonly string[]): Promise<number | null>;
};
