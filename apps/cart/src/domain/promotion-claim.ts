import type { Tx } from '@tandem/kernel';

/** What a claim is decided on. `claim` is the order's own, if it has one; counts are of claims that stand. */
export type ClaimFacts = {
  readonly claim: 'claimed' | 'released' | undefined;
  /** Active, and now is between its dates; false also when there is no such promotion. */
  readonly isRunning: boolean;
  readonly used: number;
  readonly usageLimit: number | null;
  readonly usedByOwner: number;
  readonly customerLimit: number | null;
  /** The promotion is for a first order, and its owner has ordered, or another order of it stands on a promotion for first orders. */
  readonly isFirstOrderTaken: boolean;
};

export type Claiming = { readonly kind: 'claimed' | 'used-up' | 'gone' };

/** Whether an order may use a promotion. What it has claimed it keeps, even if the promotion has ended since; what it released is gone for it. */
export function claim({ claim: own, isRunning, isFirstOrderTaken, ...counts }: ClaimFacts): Claiming {
  if (own === 'claimed') return { kind: 'claimed' };
  if (own === 'released' || !isRunning || isFirstOrderTaken) return { kind: 'gone' };
  return { kind: isUsedUp(counts) ? 'used-up' : 'claimed' };
}

/** Whether a limit, in all or of one customer, is reached. */
export function isUsedUp({
  used,
  usageLimit,
  usedByOwner,
  customerLimit,
}: Pick<ClaimFacts, 'used' | 'usageLimit' | 'usedByOwner' | 'customerLimit'>): boolean {
  return (usageLimit !== null && used >= usageLimit) || (customerLimit !== null && usedByOwner >= customerLimit);
}

/** An order's wish to use a promotion. Ids are UUIDs; `code` in capitals. */
export type ClaimWish = { readonly orderId: string; readonly code: string; readonly ownerId: string };

/** Uses of promotions, one an order. */
export type PromotionClaims = {
  /** Locks the promotion, and its owner when it is for first orders, so that claims come one after the other; answers what a claim is decided on. */
  facts(tx: Tx, wish: ClaimWish): Promise<ClaimFacts>;
  /** Counts the use; false when the order has a claim by now. */
  put(tx: Tx, wish: ClaimWish): Promise<boolean>;
  /** Takes the use back, and keeps a later claim of this order from counting. */
  release(tx: Tx, orderId: string): Promise<void>;
  /** Takes the use back, if there is one; leaves nothing behind for an order that has none. */
  end(tx: Tx, orderId: string): Promise<boolean>;
  /** Forgets orders that released before they claimed `days` ago: no call of theirs is under way any more. */
  forget(days: number): Promise<void>;
};
