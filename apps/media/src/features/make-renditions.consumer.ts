import { Controller } from '@nestjs/common';
import { PictureUploadedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { type Handled, On } from '@tandem/messaging';
import { MakeRenditions } from './make-renditions.js';

/** Workers compete: every replica of the service takes its share of the queue. The studio takes one picture at a time, so more in hand would only wait. */
@Controller()
export class MakeRenditionsOnPictureUploaded {
  constructor(private readonly makeRenditions: MakeRenditions) {}

  @On(PictureUploadedV1, { concurrency: 1 })
  handle({ mediaId, jobId }: PictureUploadedV1, tx: Tx): Promise<Handled> {
    return this.makeRenditions.run(tx, { id: uuidOf('picture', mediaId), jobId: uuidOf('mediaJob', jobId) });
  }
}
