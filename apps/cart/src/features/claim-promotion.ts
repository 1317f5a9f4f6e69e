import type { Database, Tx } from '@tandem/kernel';
import { claim, type Claiming, type ClaimWish, type PromotionClaims } from '../domain/promotion-claim.js';

/** Counts the uses of promotions by orders, so that a limit holds whoever else asks at the same time. Each step may be repeated. */
export class ClaimPromotion {
  constructor(private readonly database: Database, private readonly claims: PromotionClaims) {}

  claim(wish: ClaimWish): Promise<Claiming> {
    return this.database.transaction(async (tx) => {
      const facts = await this.claims.facts(tx, wish);
      const claiming = claim(facts);
      if (claiming.kind !== 'claimed' || facts.claim === 'claimed' || (await this.claims.put(tx, wish))) return claiming;
      return { kind: 'gone' }; // released since the facts were read
    });
  }

  release(orderId: string): Promise<void> {
    return this.database.transaction((tx) => this.releaseIn(tx, orderId));
  }

  releaseIn(tx: Tx, orderId: string): Promise<void> {
    return this.claims.release(tx, orderId);
  }
}
