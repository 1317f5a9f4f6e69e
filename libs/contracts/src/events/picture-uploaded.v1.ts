import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant } from './fields.js';

/** A picture has been taken in and its renditions are to be made, by whichever worker is free. */
export const PictureUploadedV1 = defineEvent({
  type: 'picture.uploaded.v1',
  topic: 'media.jobs',
  summary: 'A picture has been taken in and its renditions are to be made, by whichever worker is free.',
  key: (data) => data.mediaId,
  schema: z.object({
    mediaId: id('med'),
    jobId: id('mediajob'),
    at: instant,
  }),
});
export type PictureUploadedV1 = DataOf<typeof PictureUploadedV1>;
