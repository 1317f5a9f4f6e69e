import type { Database, Tx } from '@tandem/kernel';
import { claim, type Claiming, type ClaimWish, type PromotionClaims } from '../domain/promotion-claim.js';

/** Longer than any checkout is tried. */
const forgottenAfterDays = 30;

/** Counts the uses of promotions by orders, so that a limit holds whoever else asks at the same time. Each step may be repeated. */
export class ClaimPromotion {
  constructor(
    private readonly database: Database,
    private readonly claims: PromotionClaims,
  ) {}

  claim(wish: ClaimWish): Promise<Claiming> {
    return this.database.transaction(async (tx) => {
      const facts = await this.claims.facts(tx, wish);
      const claiming = claim(facts);
      if (claiming.kind !== 'claimed' || facts.claim === 'claimed' || (await this.claims.put(tx, wish))) return claiming;
      return { kind: 'gone' }; // released since the facts were read
    });
  }

  release(orderId: string): Promise<void> {
    return this.database.transaction((tx) => this.claims.release(tx, orderId));
  }

  /** The order is cancelled: what it used is free again. False when it used nothing. */
  cancelled(tx: Tx, orderId: string): Promise<boolean> {
    return this.claims.end(tx, orderId);
  }

  /** Forgets what only a call that is under way could still ask for. */
  forget(): Promise<void> {
    return this.claims.forget(forgottenAfterDays);
  }
}
