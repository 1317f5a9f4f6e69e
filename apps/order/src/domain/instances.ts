import type { OrderId } from '@tandem/kernel';
import type { Claim } from './checkout.js';

/** This process among the instances of the service. */
export type Instances = {
  /** Declares the processes dead that had this process's name and address before: their checkouts can be taken at once. */
  succeed(): Promise<void>;
  /** Renews the lease and takes over at most `most` open checkouts that nobody runs, each with a higher epoch. Those `inHand` are left alone. */
  beat(inHand: readonly OrderId[], options: { readonly leaseMs: number; readonly most: number }): Promise<readonly Claim[]>;
  /** Gives the lease up: what is still open can be taken at once. */
  resign(): Promise<void>;
  /** Checkouts that have not ended, the age of the oldest that waits for no challenge, and refunds that wait for an operator. */
  open(): Promise<{ readonly open: number; readonly oldestSeconds: number; readonly refusedRefunds: number }>;
  /** Forgets ended claims, and with them the keys. */
  prune(olderThanHours: number): Promise<void>;
};
