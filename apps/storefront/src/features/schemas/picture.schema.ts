import type { mediaV1 } from '@tandem/contracts';
import { z } from 'zod';
import { Job, jobFrom } from './job.schema.js';

const Rendition = z
  .object({ url: z.string(), width: z.int(), type: z.string().describe('`image/avif`, `image/webp` or `image/jpeg`') })
  .meta({ id: 'Rendition' });

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

export function renditionFrom(mediaId: string, { width, format }: Pick<mediaV1.Rendition, 'width' | 'format'>): z.infer<typeof Rendition> {
  return { url: `/v1/media/${mediaId}/${width}.${format}`, width, type: `image/${format}` };
}

export function uploadedFrom({ mediaId, job }: mediaV1.AddedPicture): z.infer<typeof UploadedPicture> {
  if (!job) throw new TypeError('media left out the job');
  return { mediaId, job: jobFrom(job) };
}

export function pictureFrom({ id, state, jobId, width, height, blurHash, color, renditions, createdAt }: mediaV1.Picture): z.infer<typeof Picture> {
  return { mediaId: id, state: state as z.infer<typeof Picture>['state'], jobId, width, height, blurHash, color, renditions: renditions.map((rendition) => renditionFrom(id, rendition)), createdAt };
}
