import type { Tx } from '@tandem/kernel';
import type { Promotion } from './pricing/promotion.js';

/** A promotion, and how many orders use it now. */
export type KeptPromotion = { readonly promotion: Promotion; readonly used: number; readonly createdAt: Date };

/** All promotions, keyed by code. */
export type PromotionStore = {
  /** Undefined when there is one with this code. */
  add(tx: Tx, promotion: Promotion): Promise<KeptPromotion | undefined>;
  /** Everything but id and code; undefined when there is none with this code. */
  replace(promotion: Omit<Promotion, 'id'>): Promise<KeptPromotion | undefined>;
  find(code: string): Promise<KeptPromotion | undefined>;
  /** Newest first, after the one with id `after`. */
  page(after: string | null, limit: number): Promise<readonly KeptPromotion[]>;
  /** `in-use` when an order has ever claimed it; it stays then. */
  remove(code: string): Promise<'removed' | 'in-use' | 'not-found'>;
};
