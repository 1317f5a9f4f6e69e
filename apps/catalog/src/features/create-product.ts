import { ProductChangedV1 } from '@tandem/contracts';
import { type Caller, newUuid, once, type Scope, toPublicId } from '@tandem/host';
import type { Database, Money, Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { Added, FirstStock, IntroduceStock, Products, Shelves } from '../domain/ports.js';
import { type NewProduct, slugOf } from '../domain/product.js';

export type CreateProductCommand = {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  /** Made from the title when it is not given, and then never refused. */
  readonly slug: string | undefined;
  readonly variants: readonly NewVariant[];
};
export type NewVariant = {
  readonly sku: string;
  readonly title: string;
  readonly prices: readonly Money[];
  readonly stock: number;
  readonly weightGrams: number;
  readonly seats: readonly string[];
};

export type Asked<Reply> = {
  readonly caller: Caller;
  readonly scope: Scope | undefined;
  /** Makes the reply that a repeat of the key gets again; a throw is a refusal: nothing is written and the key stays free. */
  readonly answer: (outcome: Added) => Reply;
};

type Prepared = { readonly kind: 'ready'; readonly product: NewProduct } | { readonly kind: 'slug-taken' | 'sku-taken' };

/** A parcel, until somebody takes a picture. */
const pictureOfNone = '/images/1f4e6.webp';

type Parts = {
  readonly database: Database;
  readonly products: Products;
  readonly shelves: Shelves;
  readonly introduceStock: IntroduceStock;
  readonly outbox: Outbox;
  readonly now: Now;
};

/**
 * Offers a new product, once per idempotency key. Its stock is in inventory before anybody can see it; stock of a product that came to
 * nothing belongs to variants nobody knows.
 */
export class CreateProduct {
  constructor(private readonly parts: Parts) {}

  run<Reply>(command: CreateProductCommand, { caller, scope, answer }: Asked<Reply>): Promise<Reply> {
    return once(this.parts.database, caller, scope, {
      prepare: () => this.prepare(command),
      run: async (tx, prepared) => answer(await this.add(tx, prepared)),
    });
  }

  private async prepare(command: CreateProductCommand): Promise<Prepared> {
    const { product, stock } = toNew(command);
    const taken = await this.parts.products.taken(
      product.slug,
      product.variants.map(({ sku }) => sku),
    );
    if (taken.sku) return { kind: 'sku-taken' };
    if (taken.slug && command.slug !== undefined) return { kind: 'slug-taken' };
    await this.parts.introduceStock(stock);
    return { kind: 'ready', product: taken.slug ? { ...product, slug: `${product.slug}-${product.id.slice(-6)}` } : product };
  }

  private async add(tx: Tx, prepared: Prepared): Promise<Added> {
    if (prepared.kind !== 'ready') return prepared;
    const added = await this.parts.shelves.add(tx, prepared.product);
    if (added.kind !== 'added') return added;
    const { id, slug, version } = added.product;
    await this.parts.outbox.enqueue(tx, ProductChangedV1, {
      productId: toPublicId('product', id),
      slug,
      version,
      at: this.parts.now().toISOString(),
    });
    return added;
  }
}

function toNew({ title, description, category, slug, variants }: CreateProductCommand): {
  product: NewProduct;
  stock: readonly FirstStock[];
} {
  const id = newUuid();
  const withIds = variants.map((variant) => ({ id: newUuid(), ...variant }));
  return {
    product: {
      id,
      slug: slug ?? (slugOf(title) || `product-${id.slice(-6)}`),
      title,
      description,
      category,
      imageUrl: pictureOfNone,
      variants: withIds.map(({ id: variantId, sku, title: name, prices, weightGrams }) => ({
        id: variantId,
        sku,
        title: name,
        prices,
        weightGrams,
      })),
    },
    stock: withIds.map(({ id: variantId, stock, seats }) => ({ variantId, quantity: stock, ...(seats.length > 0 ? { seats } : {}) })),
  };
}
