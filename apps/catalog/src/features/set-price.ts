import { type MoneyData, ProductChangedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Money, Now } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { Shelves } from '../domain/ports.js';
import type { Variant } from '../domain/product.js';

export type Repricing = { readonly kind: 'set'; readonly variant: Variant } | { readonly kind: 'unknown-variant' };

/** Sets what a variant costs in one currency, and says that its product changed. Carts see the new price at once. */
export class SetPrice {
  constructor(
    private readonly database: Database,
    private readonly shelves: Shelves,
    private readonly outbox: Outbox,
    private readonly now: Now,
  ) {}

  run(variantId: string, price: Money): Promise<Repricing> {
    return this.database.transaction(async (tx) => {
      const changed = await this.shelves.setPrice(tx, variantId, price);
      if (!changed) return { kind: 'unknown-variant' };
      const { productId, slug, version, variant, was } = changed;
      const repriced = was && { variantId: toPublicId('variant', variantId), was: wire(was), is: wire(price) };
      await this.outbox.enqueue(tx, ProductChangedV1, {
        productId: toPublicId('product', productId),
        slug,
        version,
        ...(repriced ? { repriced } : {}),
        at: this.now().toISOString(),
      });
      return { kind: 'set', variant };
    });
  }
}

function wire({ minor, currency }: Money): MoneyData {
  return { amount: Number(minor), currency };
}
