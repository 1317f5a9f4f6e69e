import { newUuid } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import type { Promotion } from '../domain/pricing/promotion.js';
import type { PromotionStore } from '../domain/promotion-store.js';

const always = { conditions: {}, startsAt: null, endsAt: null, usageLimit: null, customerLimit: null, isActive: true } as const;

/** Codes to try a development shop with. Source: docs/reference/pricing.md, "Promotions". */
const seeds: readonly Omit<Promotion, 'id'>[] = [
  { ...always, code: 'WELCOME10', title: '10 % off', effect: { kind: 'percentage', rate: 100_000 } },
  { ...always, code: 'FREESHIP', title: 'Free shipping', effect: { kind: 'free-shipping' } },
];

/** Adds the codes that are not there. What staff has changed about one stays. */
export async function seedPromotions(database: Database, promotions: PromotionStore): Promise<void> {
  await database.transaction(async (tx) => {
    for (const seed of seeds) await promotions.add(tx, { ...seed, id: newUuid() });
  });
}
