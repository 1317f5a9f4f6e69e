import type { mediaV1 } from '@tandem/contracts';
import { type Peer, Refusal, toPublicId } from '@tandem/host';
import type { PictureArchive } from '../domain/ports.js';
import type { ProductPicture } from '../domain/product.js';

/** Pictures at the media service. */
export function grpcPictureArchive(
  media: Pick<Peer<typeof mediaV1.MediaServiceService>, 'claimPictures' | 'releaseClaim'>,
): PictureArchive {
  return {
    claim: async ({ claim, productId }, mediaIds) => {
      try {
        const { pictures } = await media.claimPictures(
          { claim, mediaIds: [...mediaIds], productId: toPublicId('product', productId) },
          { isRepeatable: true },
        );
        return { kind: 'claimed', pictures: pictures.map(pictureFrom) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.problem.code === 'not-found')
          return {
            kind: 'missing',
            because: error.message,
            mediaId: mediaIds.find((mediaId) => mediaId === error.problem.extensions?.['mediaId']),
          };
        if (error.problem.code === 'picture-not-ready') return { kind: 'not-ready', because: error.message };
        throw error;
      }
    },
    release: async (claim) => void (await media.releaseClaim({ claim }, { isRepeatable: true })),
  };
}

function pictureFrom({ id, width, height, blurHash, color, renditions }: mediaV1.Picture): ProductPicture {
  const widths = [...new Set(renditions.map((rendition) => rendition.width))].sort((a, b) => a - b);
  return { mediaId: id, width, height, blurHash, color, widths, recipe: renditions[0]?.recipe ?? 1 };
}
