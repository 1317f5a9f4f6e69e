import { PictureUploadedV1 } from '@tandem/contracts';
import { type Jobs, newUuid, storageKey, toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { Pictures, Upload } from '../domain/picture.js';

/** An upload may take this long, seconds; what is there then and no picture's is removed. */
const uploadSeconds = 3_600;

export type Adding =
  { readonly kind: 'added' | 'known'; readonly id: string; readonly jobId: string } | { readonly kind: 'unknown-upload' };

export type AddingParts = {
  readonly pictures: Pictures;
  readonly jobs: Jobs;
  readonly outbox: Outbox;
  readonly now: Now;
};

/** Takes a picture in: first a place for its bytes, then, once they are there, the picture and its job. The same bytes are the same picture. */
export class AddPicture {
  constructor(private readonly parts: AddingParts) {}

  /** Where the bytes go. The object is known before it is there, so that one that nobody comes back for is removed. */
  async begin(): Promise<string> {
    const key = storageKey('uploads', newUuid());
    await this.parts.pictures.expect([key], uploadSeconds);
    return key;
  }

  async run(tx: Tx, upload: Upload, ownerId: string): Promise<Adding> {
    const { pictures } = this.parts;
    await pictures.lockSha256(tx, upload.sha256);
    const known = await pictures.bySha256(tx, upload.sha256);
    if (known && (known.state === 'ready' || known.isUnderWay)) return { kind: 'known', id: known.id, jobId: known.jobId };
    if (!(await pictures.takeUpload(tx, upload.key))) return { kind: 'unknown-upload' };
    const [id, jobId] = [known?.id ?? newUuid(), newUuid()];
    if (known) await pictures.restart(tx, { id, jobId, key: upload.key });
    else await pictures.add(tx, { ...upload, id, jobId });
    await this.queue(tx, { id, jobId, ownerId });
    return { kind: 'added', id, jobId };
  }

  private async queue(
    tx: Tx,
    { id, jobId, ownerId }: { readonly id: string; readonly jobId: string; readonly ownerId: string },
  ): Promise<void> {
    const { jobs, outbox, now } = this.parts;
    await jobs.create(tx, { id: jobId, kind: 'renditions', ownerId });
    await outbox.enqueue(tx, PictureUploadedV1, {
      mediaId: toPublicId('picture', id),
      jobId: toPublicId('mediaJob', jobId),
      at: now().toISOString(),
    });
  }
}
