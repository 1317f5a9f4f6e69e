import { Controller } from '@nestjs/common';
import { type commonV1, mediaV1, pictureFormats } from '@tandem/contracts';
import {
  type Caller,
  forgottenJob,
  hashOf,
  invalidField,
  type Job,
  type Jobs,
  jobReply,
  noSuch,
  once,
  parsePublicId,
  principalOf,
  Refusal,
  Rpc,
  scopeOf,
  toPublicId,
  uuidOfField,
} from '@tandem/host';
import { type Database, isUuid, type Tx } from '@tandem/kernel';
import { z } from 'zod';
import { type Picture, type Pictures, recipeOf, stateOf } from '../domain/picture.js';
import { AddPicture } from './add-picture.js';

const Upload = z.object({
  key: z.string().regex(/^uploads\/[0-9a-f-]{36}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  format: z.enum(pictureFormats),
});
/** Pictures claimed at once. */
const mostClaimed = 50;

/** What the RPCs of pictures read and write beside adding one. */
export class PictureParts {
  constructor(
    readonly database: Database,
    readonly pictures: Pictures,
    readonly jobs: Jobs,
    readonly onRemoved: () => void,
  ) {}
}

/** Pictures, for staff and for services that show them. */
@Controller()
export class PicturesGrpc {
  constructor(
    private readonly addPicture: AddPicture,
    private readonly parts: PictureParts,
  ) {}

  @Rpc('MediaService', 'beginUpload', ['staff'])
  async begin(_request: commonV1.Empty): Promise<mediaV1.Upload> {
    return { key: await this.addPicture.begin() };
  }

  @Rpc('MediaService', 'addPicture', ['staff'])
  async add(request: mediaV1.AddPictureRequest, caller: Caller): Promise<mediaV1.AddedPicture> {
    const upload = Upload.safeParse(request);
    if (!upload.success)
      throw invalidField(
        `/${upload.error.issues[0]?.path.join('/') ?? ''}`,
        'invalid-format',
        upload.error.issues[0]?.message ?? 'is not valid',
      );
    // The same request is the one with the same bytes, wherever they were put this time.
    const asked = mediaV1.AddPictureRequest.encode({ ...request, key: '' }).finish();
    return once(this.parts.database, caller, scopeOf(caller, hashOf('media.AddPicture', asked)), {
      prepare: () => Promise.resolve(),
      run: (tx) => this.added(tx, upload.data, principalOf(caller).id),
    });
  }

  private async added(tx: Tx, upload: z.infer<typeof Upload>, ownerId: string): Promise<mediaV1.AddedPicture> {
    const outcome = await this.addPicture.run(tx, upload, ownerId);
    if (outcome.kind === 'unknown-upload') throw invalidField('/key', 'unknown', 'is no upload that was begun within the hour');
    const known = outcome.kind === 'known';
    const job = await this.jobOf(tx, outcome);
    return {
      mediaId: toPublicId('picture', outcome.id),
      job: job && jobReply('mediaJob', job),
      known,
      key: known ? '' : upload.key,
    };
  }

  @Rpc('MediaService', 'getPicture', ['staff', 'service'])
  async get({ mediaId }: mediaV1.PictureRequest): Promise<mediaV1.Picture> {
    const found = await this.parts.pictures.find(idOf(mediaId));
    if (!found) throw noSuchPicture(mediaId);
    return toReply(found);
  }

  @Rpc('MediaService', 'deletePicture', ['staff'])
  async delete({ mediaId }: mediaV1.PictureRequest): Promise<commonV1.Empty> {
    const { database, pictures, onRemoved } = this.parts;
    const id = idOf(mediaId);
    const { outcome, claimedBy } = await database.transaction(async (tx) => {
      const outcome = await pictures.remove(tx, id);
      return { outcome, claimedBy: outcome === 'in-use' ? await pictures.claimedBy(tx, id) : [] };
    });
    switch (outcome) {
      case 'removed':
        onRemoved();
        return {};
      case 'not-found':
        throw noSuchPicture(mediaId);
      case 'in-use':
        throw inUse(mediaId, claimedBy);
      case 'not-ready':
        throw new Refusal('picture-not-ready', { detail: `the job of ${mediaId} is under way; wait for it or cancel it first` });
    }
  }

  /** Jobs are forgotten, pictures are not: the job of a picture that is ready is done. */
  private async jobOf(tx: Tx, { id, jobId }: { readonly id: string; readonly jobId: string }): Promise<Job | undefined> {
    const job = await this.parts.jobs.find(jobId, tx);
    const picture = job ? undefined : await this.parts.pictures.find(id, tx);
    return job ?? (picture && jobLeftBy(picture));
  }

  @Rpc('MediaService', 'claimPictures', ['service'])
  async claim({ claim, mediaIds, productId }: mediaV1.ClaimPicturesRequest): Promise<mediaV1.Pictures> {
    if (mediaIds.length > mostClaimed) throw invalidField('/mediaIds', 'too-many', `at most ${mostClaimed}`);
    const { database, pictures } = this.parts;
    const ids = mediaIds.map(idOf);
    const by = { claim: claimOf(claim), productId: productId === undefined ? null : uuidOfField('product', productId, '/productId') };
    const outcome = await database.transaction((tx) => pictures.claim(tx, by, ids));
    switch (outcome.kind) {
      case 'claimed':
        return { pictures: outcome.pictures.map(toReply) };
      case 'not-found':
        throw unclaimable(toPublicId('picture', outcome.id));
      case 'not-ready':
        throw new Refusal('picture-not-ready', { detail: `${toPublicId('picture', outcome.id)} has no renditions yet; wait for its job` });
      case 'failed':
        throw new Refusal('picture-not-ready', {
          detail: `${toPublicId('picture', outcome.id)} could not be read or made, and will not be: send the picture again`,
        });
    }
  }

  @Rpc('MediaService', 'releaseClaim', ['service'])
  async release({ claim }: mediaV1.ReleaseClaimRequest): Promise<commonV1.Empty> {
    await this.parts.pictures.release(claimOf(claim));
    return {};
  }
}

function idOf(mediaId: string): string {
  const id = parsePublicId('picture', mediaId);
  if (id === undefined) throw noSuchPicture(mediaId);
  return id;
}

function noSuchPicture(mediaId: string): Refusal {
  return noSuch('picture', mediaId);
}

/** A claim that came to nothing may name its product for an hour. */
function inUse(mediaId: string, productIds: readonly string[]): Refusal {
  const who = productIds.map((id) => toPublicId('product', id)).join(', ') || 'a product';
  return new Refusal('picture-in-use', { detail: `${mediaId} is shown by ${who}; give it other pictures first` });
}

/** Says which one it is to who claims several. */
function unclaimable(mediaId: string): Refusal {
  return new Refusal('not-found', { ...noSuchPicture(mediaId).problem, extensions: { mediaId } });
}

function claimOf(claim: string): string {
  if (!isUuid(claim)) throw invalidField('/claim', 'invalid-format', 'wants a UUID');
  return claim;
}

function jobLeftBy({ id, jobId, state, width, height, createdAt }: Picture): Job {
  return forgottenJob({
    id: jobId,
    kind: 'renditions',
    ownerId: null,
    state: state === 'ready' ? 'done' : 'failed',
    result: { mediaId: toPublicId('picture', id), width, height },
    createdAt,
  });
}

/** The key of a rendition changes with its bytes, and so does its version. */
function toReply(picture: Picture): mediaV1.Picture {
  const { id, jobId, createdAt, renditions, width, height, blurHash, color } = picture;
  return {
    id: toPublicId('picture', id),
    state: stateOf(picture),
    width,
    height,
    blurHash,
    color,
    jobId: toPublicId('mediaJob', jobId),
    createdAt: createdAt.toISOString(),
    renditions: renditions.map(({ sizeBytes, key, ...rendition }) => ({
      ...rendition,
      key,
      sizeBytes: String(sizeBytes),
      version: versionOf(key),
      recipe: recipeOf(key),
    })),
  };
}

function versionOf(key: string): string {
  return key.split('/').slice(1).join('-').replaceAll('.', '-');
}
