import { Controller } from '@nestjs/common';
import type { catalogV1 } from '@tandem/contracts';
import { invalidField, noSuch, parsePublicId, Refusal, Rpc, toldBack } from '@tandem/host';
import { toProductReply } from './replies.js';
import { SetPictures } from './set-pictures.js';

/** Pictures of a product. Source: docs/reference/pictures.md. */
const mostPictures = 20;

/** What products look like, by staff. */
@Controller()
export class SetPicturesGrpc {
  constructor(private readonly setPictures: SetPictures) {}

  @Rpc('CatalogService', 'setProductPictures', ['staff'])
  async handle({ productId, mediaIds }: catalogV1.SetProductPicturesRequest): Promise<catalogV1.Product> {
    const id = parsePublicId('product', productId);
    if (id === undefined) throw noSuch('product', productId);
    if (mediaIds.length > mostPictures) throw invalidField('/pictures', 'too-big', `must be at most ${mostPictures}`);
    if (new Set(mediaIds).size !== mediaIds.length) throw invalidField('/pictures', 'duplicate', 'must not name a picture twice');
    const malformed = mediaIds.find((mediaId) => parsePublicId('picture', mediaId) === undefined);
    if (malformed !== undefined)
      throw invalidField(pointerTo(mediaIds, malformed), 'unknown', `there is no picture ${toldBack(malformed)}`);
    const outcome = await this.setPictures.run(id, mediaIds);
    switch (outcome.kind) {
      case 'set':
        return toProductReply(outcome.product);
      case 'unknown-product':
        throw noSuch('product', productId);
      case 'missing':
        throw invalidField(pointerTo(mediaIds, outcome.mediaId), 'unknown', outcome.because);
      case 'not-ready':
        throw new Refusal('picture-not-ready', { detail: outcome.because });
    }
  }
}

function pointerTo(mediaIds: readonly string[], mediaId: string | undefined): string {
  return mediaId === undefined ? '/pictures' : `/pictures/${mediaIds.indexOf(mediaId)}`;
}
