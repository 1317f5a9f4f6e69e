import { ProductChangedV1 } from '@tandem/contracts';
import { newUuid, toPublicId } from '@tandem/host';
import type { Database, Now } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { Claimed, PictureArchive, Pictured, Shelves } from '../domain/ports.js';
import type { Product } from '../domain/product.js';

export type Picturing = { readonly kind: 'set'; readonly product: Product } | { readonly kind: 'unknown-product' } | Exclude<Claimed, { readonly kind: 'claimed' }>;

export type PicturingParts = { readonly database: Database; readonly shelves: Shelves; readonly archive: PictureArchive; readonly outbox: Outbox; readonly now: Now };

/**
 * Says which pictures a product is shown with, and that it changed. Media keeps what a product shows: each change claims its pictures under a
 * name of its own, before it is written, and afterwards lets go of exactly the claim it replaced. So whatever fails or comes at the same time,
 * nothing that is shown can be deleted; at worst a claim that came to nothing keeps a picture longer.
 */
export class SetPictures {
  constructor(private readonly parts: PicturingParts) {}

  async run(productId: string, mediaIds: readonly string[]): Promise<Picturing> {
    const { archive } = this.parts;
    const claim = newUuid();
    const claimed = await archive.claim(claim, mediaIds);
    if (claimed.kind !== 'claimed') return claimed;
    const changed = await this.write(productId, { pictures: claimed.pictures, claim }).catch(async (error: unknown) => {
      await archive.release(claim);
      throw error;
    });
    const over = changed ? changed.formerClaim : claim;
    if (over !== null) await archive.release(over);
    return changed ? { kind: 'set', product: changed.product } : { kind: 'unknown-product' };
  }

  private write(productId: string, shown: Parameters<Shelves['setPictures']>[2]): Promise<Pictured | undefined> {
    const { database, shelves, outbox, now } = this.parts;
    return database.transaction(async (tx) => {
      const changed = await shelves.setPictures(tx, productId, shown);
      if (!changed) return undefined;
      const { slug, version } = changed.product;
      await outbox.enqueue(tx, ProductChangedV1, { productId: toPublicId('product', productId), slug, version, at: now().toISOString() });
      return changed;
    });
  }
}
