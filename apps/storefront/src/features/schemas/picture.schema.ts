import { type catalogV1, type mediaV1, renditionPath } from '@tandem/contracts';
import { z } from 'zod';
import { Job, jobFrom } from './job.schema.js';

const Rendition = z
  .object({ url: z.string(), width: z.int(), type: z.string().describe('`image/avif`, `image/webp` or `image/jpeg`') })
  .meta({ id: 'Rendition' });

/** A picture of a product, with all a page needs to choose and to hold its place. */
export const ProductImage = z
  .object({
    mediaId: z.string(),
    url: z.string().describe('WebP, about 640 wide'),
    width: z.int(),
    height: z.int(),
    blurHash: z.string(),
    color: z.string().describe('`#rrggbb`, of most of it'),
    renditions: z.array(Rendition),
  })
  .meta({ id: 'ProductImage' });

export const NewProductPictures = z
  .strictObject({ pictures: z.array(z.string().min(1).max(100)).max(20).describe('Media ids, the first before all; none is none') })
  .meta({ id: 'NewProductPictures' });

export const ProductPictures = z.object({ productId: z.string(), images: z.array(ProductImage) }).meta({ id: 'ProductPictures' });

export const UploadedPicture = z.object({ mediaId: z.string(), job: Job }).meta({ id: 'UploadedPicture' });

export const Picture = z
  .object({
    mediaId: z.string(),
    state: z.enum(['processing', 'ready', 'failed']),
    jobId: z.string(),
    width: z.int().describe('0 until it is ready'),
    height: z.int(),
    blurHash: z.string(),
    color: z.string(),
    renditions: z.array(Rendition),
    createdAt: z.string(),
  })
  .meta({ id: 'Picture' });

type Made = Pick<mediaV1.Rendition, 'width' | 'format' | 'recipe'>;

/** Recipe 0 is what a service says that does not know of recipes yet. */
export function renditionFrom(mediaId: string, made: Made): z.infer<typeof Rendition> {
  const { width, format, recipe } = made;
  return { url: renditionPath(mediaId, { width, format, recipe: recipe || 1 }), width, type: `image/${format}` };
}

/** Formats a browser is offered, best first. */
const offered = ['avif', 'webp', 'jpeg'] as const;
/** What is shown where only one address fits. */
const usualWidth = 640;

export function productImageFrom({
  mediaId,
  width,
  height,
  blurHash,
  color,
  widths,
  recipe,
}: catalogV1.ProductPicture): z.infer<typeof ProductImage> {
  const usual = widths.find((each) => each >= usualWidth) ?? widths.at(-1) ?? width;
  const renditions = offered.flatMap((format) => widths.map((each) => renditionFrom(mediaId, { width: each, format, recipe })));
  return { mediaId, url: renditionFrom(mediaId, { width: usual, format: 'webp', recipe }).url, width, height, blurHash, color, renditions };
}

export function uploadedFrom({ mediaId, job }: mediaV1.AddedPicture): z.infer<typeof UploadedPicture> {
  if (!job) throw new TypeError('media left out the job');
  return { mediaId, job: jobFrom(job) };
}

export function pictureFrom({
  id,
  state,
  jobId,
  width,
  height,
  blurHash,
  color,
  renditions,
  createdAt,
}: mediaV1.Picture): z.infer<typeof Picture> {
  return {
    mediaId: id,
    state: state as z.infer<typeof Picture>['state'],
    jobId,
    width,
    height,
    blurHash,
    color,
    renditions: renditions.map((rendition) => renditionFrom(id, rendition)),
    createdAt,
  };
}
