import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { isTooLarge, type mediaV1, pictureLimits } from '@tandem/contracts';
import { type CallOptions, type Peer, Refusal, type Storage, storageKey, type StorageKey } from '@tandem/host';
import { Unavailable } from '@tandem/messaging';
import { headBytes, sniff } from '../domain/picture-file.js';

export type PictureUpload = {
  /** The bytes as they arrive. Not ended by us: whoever sends them may still have to be answered. */
  readonly content: Readable;
  /** As the sender says; it may not say, and it may lie. */
  readonly declaredBytes: number | undefined;
  readonly as: CallOptions;
};

export type UploadParts = {
  readonly media: Pick<Peer<typeof mediaV1.MediaServiceService>, 'beginUpload' | 'addPicture'>;
  readonly storage: Storage;
  readonly maxBytes: number;
};

/** What is known of an upload when its last byte has gone by. */
type Meter = { readonly hash: Hash; sizeBytes: number };

/**
 * Passes a picture on to the object storage while it arrives, as fast as both ends go and never held as a whole, and tells media where it is.
 * What is not a picture we take, or too large, is refused as soon as that is seen, and leaves nothing behind.
 */
export class UploadPicture {
  constructor(private readonly parts: UploadParts) {}

  async run({ content, declaredBytes, as }: PictureUpload): Promise<mediaV1.AddedPicture> {
    const { media, storage, maxBytes } = this.parts;
    if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooManyBytes(maxBytes);
    const chunks = unbroken(content.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>);
    const head = await headOf(chunks);
    const format = acceptedFormat(head);
    const key = storageKey(...(await media.beginUpload({}, as)).key.split('/'));
    const meter: Meter = { hash: createHash('sha256'), sizeBytes: 0 };
    try {
      await storage.put(key, Readable.from(metered(head, chunks, { meter, maxBytes })));
      const added = await media.addPicture({ key, sha256: meter.hash.digest('hex'), sizeBytes: String(meter.sizeBytes), format }, as);
      if (added.known || isAnother(added.key, key)) await this.forget(key);
      return added;
    } catch (error) {
      if (error instanceof Refusal && !mayBeTaken(error)) await this.forget(key);
      throw error;
    }
  }

  /** What cannot be removed now is removed by media within the hour. */
  private forget(key: StorageKey): Promise<void> {
    return this.parts.storage.remove(key).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error;
    });
  }
}

/** A stored answer tells of the bytes that came first; an older release of media tells of none. */
function isAnother(taken: string, key: StorageKey): boolean {
  return taken !== '' && taken !== key;
}

/** The request that is still under way may be our own, sent a second time by the peer: then it takes these bytes. */
function mayBeTaken({ problem }: Refusal): boolean {
  return problem.code === 'idempotency-key-in-flight';
}

/** Whoever goes away in the middle is no fault of ours. */
async function* unbroken(chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer, undefined> {
  for (;;) {
    const { value, done } = await chunks.next().catch(() => {
      throw new Refusal('validation-failed', { detail: 'the file broke off' });
    });
    if (done === true) return;
    yield value;
  }
}

/** Enough of the beginning to say what it is, or all there is. */
async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < headBytes) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

function acceptedFormat(head: Buffer): string {
  const found = sniff(head);
  if (found.kind === 'other')
    throw new Refusal('picture-format-not-accepted', { detail: `this is ${found.name}; taken are JPEG, PNG, WebP, AVIF and GIF` });
  const { format, size } = found;
  if (size && isTooLarge(size)) {
    throw new Refusal('picture-too-large', {
      detail: `${size.width} × ${size.height} pixels; at most ${pictureLimits.pixels / 1_000_000} million, and ${pictureLimits.side} a side`,
    });
  }
  return format;
}

async function* metered(
  head: Buffer,
  chunks: AsyncIterable<Buffer>,
  { meter, maxBytes }: { readonly meter: Meter; readonly maxBytes: number },
): AsyncGenerator<Buffer> {
  yield counted(head, { meter, maxBytes });
  for await (const chunk of chunks) yield counted(chunk, { meter, maxBytes });
}

function counted(chunk: Buffer, { meter, maxBytes }: { readonly meter: Meter; readonly maxBytes: number }): Buffer {
  meter.hash.update(chunk);
  meter.sizeBytes += chunk.length;
  if (meter.sizeBytes > maxBytes) throw tooManyBytes(maxBytes);
  return chunk;
}

function tooManyBytes(maxBytes: number): Refusal {
  return new Refusal('picture-too-large', { detail: `a picture may have ${maxBytes / 1_000_000} MB`, extensions: { maxBytes } });
}
