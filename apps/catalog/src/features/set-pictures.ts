import { ProductChangedV1 } from '@tandem/contracts';
import { newUuid, toPublicId } from '@tandem/host';
import type { Database, Now } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { Claimed, LooseClaims, PictureArchive, Pictured, Shelves } from '../domain/ports.js';
import type { Product } from '../domain/product.js';

export type Picturing =
  | { readonly kind: 'set'; readonly product: Product }
  | { readonly kind: 'unknown-product' }
  | Exclude<Claimed, { readonly kind: 'claimed' }>;

export type PicturingParts = {
  readonly database: Database;
  readonly shelves: Shelves;
  readonly archive: PictureArchive;
  readonly looseClaims: LooseClaims;
  readonly outbox: Outbox;
  readonly now: Now;
};

/**
 * Says which pictures a product is shown with, and that it changed. Media keeps what a product shows: each change claims its pictures under a
 * name of its own, before it is written, and afterwards lets go of exactly the claim it replaced. A claim is noted as loose before it is made, and
 * the write that shows it takes the note away. So whatever fails or comes at the same time, and even if nobody knows whether the write was
 * committed, nothing that is shown can be deleted, and a claim that came to nothing ends within the hour.
 */
export class SetPictures {
  constructor(private readonly parts: PicturingParts) {}

  async run(productId: string, mediaIds: readonly string[]): Promise<Picturing> {
    const { archive, looseClaims } = this.parts;
    const claim = newUuid();
    await looseClaims.note(claim);
    const claimed = await archive.claim({ claim, productId }, mediaIds);
    if (claimed.kind !== 'claimed') return claimed;
    const changed = await this.write(productId, { pictures: claimed.pictures, claim });
    const over = changed ? changed.formerClaim : claim;
    if (over !== null) await this.letGo(over).catch(() => undefined); // it is noted: `sweep` comes for it
    return changed ? { kind: 'set', product: changed.product } : { kind: 'unknown-product' };
  }

  /** Releases claims that are due; answers how many. Throws when media does not answer. */
  async sweep(): Promise<number> {
    const claims = await this.parts.looseClaims.due();
    for (const claim of claims) await this.letGo(claim);
    return claims.length;
  }

  private async letGo(claim: string): Promise<void> {
    await this.parts.archive.release(claim);
    await this.parts.looseClaims.forget(claim);
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
