import { Readable } from 'node:stream';
import { Controller, Req } from '@nestjs/common';
import { type mediaV1, pictureFormats } from '@tandem/contracts';
import { notFound, type Peer, Refusal, type Storage, storageKey } from '@tandem/host';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { isNamed } from '../domain/etag.js';
import { type Answer, noContent, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Picture, pictureFrom, renditionFrom, UploadedPicture, uploadedFrom } from './schemas/picture.schema.js';
import type { UploadPicture } from './upload-picture.js';

/** A file may be two minutes on its way (the request timeout of `libs/host/src/create-app.ts`), and is told of afterwards. */
const uploadPatienceMs = 150_000;

const uploadPicture = endpoint({
  operationId: 'uploadPicture',
  method: 'POST',
  path: '/admin/v1/media',
  tag: 'Admin',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Take in a picture: the body is the file; what it is is told by its content',
  patienceMs: uploadPatienceMs,
  takes: [...pictureFormats.map((format) => `image/${format}`), 'application/octet-stream'],
  answers: { 202: UploadedPicture },
  refuses: ['picture-too-large', 'picture-format-not-accepted'],
});
const getPicture = endpoint({
  operationId: 'getPicture',
  method: 'GET',
  path: '/admin/v1/media/:mediaId',
  tag: 'Admin',
  policy: 'staff',
  summary: 'A picture and what was made of it',
  answers: { 200: Picture },
});
const deletePicture = endpoint({
  operationId: 'deletePicture',
  method: 'DELETE',
  path: '/admin/v1/media/:mediaId',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Remove a picture that no product shows',
  answers: { 204: null },
  refuses: ['picture-in-use', 'picture-not-ready'],
});
const getRendition = endpoint({
  operationId: 'getRendition',
  method: 'GET',
  path: '/v1/media/:mediaId/:rendition',
  tag: 'Products',
  policy: 'public',
  reads: ['If-None-Match'],
  summary: 'A picture as it was made in one width and format, e.g. `1-640.webp`; it never changes. Addresses come with the products',
  sends: ['image/avif', 'image/webp', 'image/jpeg'],
  answers: { 200: null, 304: null },
});

/** How long a picture that was removed may still be served by this process, milliseconds. */
const rememberedMs = 60_000;
const year = 31_536_000;

/** Where pictures come from and go to. */
export class PictureSources {
  private readonly known = new LRUCache<string, Promise<mediaV1.Picture>>({ max: 2_000, ttl: rememberedMs });

  constructor(
    readonly media: Peer<typeof mediaV1.MediaServiceService>,
    readonly storage: Storage,
    readonly upload: UploadPicture,
  ) {}

  /** As it was at most a minute ago. Only what is ready is remembered. */
  async ready(mediaId: string, requestId: string): Promise<mediaV1.Picture> {
    const remembered = this.known.get(mediaId);
    if (remembered) return remembered;
    const asked = this.ask(mediaId, requestId);
    this.known.set(mediaId, asked);
    return asked.catch((error: unknown) => {
      if (this.known.peek(mediaId) === asked) this.known.delete(mediaId);
      throw error;
    });
  }

  private async ask(mediaId: string, requestId: string): Promise<mediaV1.Picture> {
    const picture = await this.media.getPicture({ mediaId }, { requestId, isRepeatable: true });
    if (picture.state !== 'ready') throw notFound();
    return picture;
  }

  forget(mediaId: string): void {
    this.known.delete(mediaId);
  }
}

/** Pictures: taken in for staff, shown to everybody. */
@Controller()
export class PicturesHttp {
  constructor(private readonly sources: PictureSources) {}

  @Serves(uploadPicture)
  async upload({ upload, header, as }: CallOf<typeof uploadPicture>): Promise<Answer> {
    if (!upload) throw new Refusal('picture-format-not-accepted', { detail: 'send a file as the body' });
    const length = header('content-length');
    const added = await this.sources.upload.run({ content: upload, declaredBytes: length === undefined ? undefined : Number(length), as });
    const body = uploadedFrom(added);
    return { status: 202, body, headers: { Location: `/v1/jobs/${body.job.id}` } };
  }

  @Serves(getPicture)
  async get({ params, as }: CallOf<typeof getPicture>): Promise<Answer> {
    return ok(pictureFrom(await this.sources.media.getPicture(params, as)));
  }

  @Serves(deletePicture)
  async delete({ params, as }: CallOf<typeof deletePicture>): Promise<Answer> {
    await this.sources.media.deletePicture(params, as);
    this.sources.forget(params.mediaId);
    return noContent();
  }

  /** A rendition under its address is the same for ever, so nobody need ask twice. */
  @Serves(getRendition)
  async rendition(
    { params: { mediaId, rendition }, requestId, header }: CallOf<typeof getRendition>,
    @Req() request: FastifyRequest,
  ): Promise<Answer> {
    const { renditions } = await this.sources.ready(mediaId, requestId);
    const found = renditions.find((each) => renditionFrom(mediaId, each).url === `/v1/media/${mediaId}/${rendition}`);
    if (!found) throw notFound();
    const etag = `"${found.version}"`;
    const headers = { ETag: etag, 'Cache-Control': `public, max-age=${year}, immutable` };
    if (isNamed(etag, header('if-none-match'))) return { status: 304, body: undefined, headers };
    const described = { ...headers, 'Content-Type': `image/${found.format}`, 'Content-Length': found.sizeBytes };
    if (request.method === 'HEAD') return ok(Readable.from([]), described); // nothing at all would be of length 0
    const object = await this.sources.storage.get(storageKey(...found.key.split('/')));
    if (!object) throw notFound();
    return ok(object.content, described);
  }
}
