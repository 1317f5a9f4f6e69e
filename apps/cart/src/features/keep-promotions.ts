import { type Caller, newUuid, notFound, once, Refusal, type Scope } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import type { Promotion } from '../domain/pricing/promotion.js';
import type { KeptPromotion, PromotionStore } from '../domain/promotion-store.js';

/** What staff says of a promotion. */
export type PromotionInput = Omit<Promotion, 'id'>;
export type Page = { readonly promotions: readonly KeptPromotion[]; readonly next: string | null };

/** Promotions as staff keeps them. Carts feel a change at once; an order that has claimed its use keeps it. */
export class KeepPromotions {
  constructor(
    private readonly database: Database,
    private readonly promotions: PromotionStore,
  ) {}

  create<Reply>(
    input: PromotionInput,
    { caller, scope, answer }: { caller: Caller; scope: Scope | undefined; answer: (kept: KeptPromotion) => Reply },
  ): Promise<Reply> {
    return once(this.database, caller, scope, {
      prepare: async () => undefined,
      run: async (tx) => {
        const kept = await this.promotions.add(tx, { ...input, id: newUuid() });
        if (!kept)
          throw new Refusal('promotion-code-taken', { detail: `PUT /admin/v1/promotions/${input.code} changes it; or take another code` });
        return answer(kept);
      },
    });
  }

  async replace(input: PromotionInput): Promise<KeptPromotion> {
    return there(await this.promotions.replace(input));
  }

  async find(code: string): Promise<KeptPromotion> {
    return there(await this.promotions.find(code));
  }

  async list(after: string | null, limit: number): Promise<Page> {
    const found = await this.promotions.page(after, limit + 1);
    const promotions = found.slice(0, limit);
    return { promotions, next: found.length > limit ? (promotions.at(-1)?.promotion.id ?? null) : null };
  }

  async remove(code: string): Promise<void> {
    const outcome = await this.promotions.remove(code);
    if (outcome === 'not-found') throw notFound();
    if (outcome === 'in-use') throw new Refusal('promotion-in-use', { detail: 'make it inactive instead' });
  }
}

function there(kept: KeptPromotion | undefined): KeptPromotion {
  if (!kept) throw notFound();
  return kept;
}
