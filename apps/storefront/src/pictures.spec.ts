import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { newUuid, openStorage, Refusal, type Storage, storageKey } from '@tandem/host';
import { eventually } from '@tandem/host/testing';
import { Unavailable } from '@tandem/messaging';
import request from 'supertest';
import { PictureSources } from './features/pictures.http.js';
import { UploadPicture } from './features/upload-picture.js';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

const staff = { Authorization: 'Bearer staff:cus_9' };
const maxBytes = 3_000_000;
const aJpeg = (sizeBytes: number) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(sizeBytes - 4, 7)]);

describe('pictures at the edge', () => {
  let storefront: SpecStorefront;
  let folder: string;
  let storage: Storage;
  let isAway = false;
  const added: { key: string; sha256: string; sizeBytes: string; format: string }[] = [];
  const pictures = new Map<string, object>();
  const asked: string[] = [];
  const job = { id: 'mediajob_1', kind: 'renditions', state: 'queued', progress: 0, version: 1, createdAt: '', changedAt: '' };
  const media = {
    beginUpload: async () => ({ key: `uploads/${newUuid()}` }),
    addPicture: async (given: (typeof added)[number]) => {
      added.push(given);
      if (given.sizeBytes === '666') throw new Refusal('overloaded');
      if (given.sizeBytes === '999') throw new Refusal('idempotency-key-in-flight');
      const known = given.sizeBytes === '777';
      return { mediaId: 'med_1', job, known, key: known ? '' : given.sizeBytes === '888' ? 'uploads/first' : given.key };
    },
    getPicture: async ({ mediaId }: { mediaId: string }) => {
      asked.push(mediaId);
      const found = pictures.get(mediaId);
      if (!found) throw new Refusal('not-found');
      return found;
    },
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pictures-'));
    const files = openStorage(pathToFileURL(folder).href);
    storage = { ...files, put: (...given) => (isAway ? Promise.reject(new Unavailable('storage')) : files.put(...given)) };
    const sources = new PictureSources(media as never, storage, new UploadPicture({ media: media as never, storage, maxBytes }));
    storefront = await startStorefront({ pictures: sources });
  });
  beforeEach(() => {
    added.splice(0);
    isAway = false;
  });
  afterAll(async () => {
    await storefront.close();
    await rm(folder, { recursive: true });
  });

  const upload = (body: Buffer | string, type = 'image/jpeg') =>
    request(storefront.url)
      .post('/admin/v1/media')
      .set({ ...staff, 'Content-Type': type })
      .send(body);
  const objects = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;

  it('are passed on as they come, and counted and hashed on the way', async () => {
    const file = aJpeg(2_000_000);
    const answer = await upload(file);
    expect([answer.status, answer.headers['location'], answer.body]).toEqual([
      202,
      '/v1/jobs/mediajob_1',
      { mediaId: 'med_1', job: { id: 'mediajob_1', kind: 'renditions', state: 'queued', progress: 0, createdAt: '', changedAt: '' } },
    ]);
    expect(added).toEqual([
      {
        key: expect.stringMatching(/^uploads\//),
        sha256: createHash('sha256').update(file).digest('hex'),
        sizeBytes: '2000000',
        format: 'jpeg',
      },
    ]);
    expect((await storage.get(storageKey(...(added[0]?.key.split('/') ?? []))))?.sizeBytes).toBe(2_000_000);
  });

  it('that are known leave no second object', async () => {
    const before = await objects();
    expect((await upload(aJpeg(777))).status).toBe(202);
    expect(await objects()).toBe(before);
  });

  it('that are sent again under their key leave no second object, but where the first request may be taking it in', async () => {
    const before = await objects();
    const answers = [await upload(aJpeg(888)).set('Idempotency-Key', 'k-1'), await upload(aJpeg(999)).set('Idempotency-Key', 'k-2')];
    expect([answers.map(({ status }) => status), await objects()]).toEqual([[202, 409], before + 1]);
  });

  it.each([
    ['says so', aJpeg(maxBytes + 1), {}],
    ['does not say so', aJpeg(maxBytes + 1), { 'Transfer-Encoding': 'chunked' }],
    ['is 100 MB', aJpeg(100_000_000), { 'Transfer-Encoding': 'chunked' }],
  ])('that are too large are refused as soon as that is seen, and leave nothing: one that %s', async (_name, body, headers) => {
    const before = await objects();
    const answer = await send(storefront.url, { body, headers });
    expect(answer).toEqual({ status: 413, code: 'picture-too-large', detail: 'a picture may have 3 MB' });
    expect([added, await objects()]).toEqual([[], before]);
  });

  it('with more pixels than we decode are refused by their first bytes', async () => {
    const header = Buffer.alloc(64);
    Buffer.from('\u0089PNG\r\n\u001a\n\0\0\0\rIHDR', 'latin1').copy(header);
    header.writeUInt32BE(30_000, 16);
    header.writeUInt32BE(30_000, 20);
    const answer = await upload(header, 'image/png');
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
      413,
      'picture-too-large',
      '30000 × 30000 pixels; at most 50 million, and 16383 a side',
    ]);
  });

  it.each([
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/jpeg', 'this is SVG or XML; taken are JPEG, PNG, WebP, AVIF and GIF'],
    ['%PDF-1.7', 'application/octet-stream', 'this is PDF; taken are JPEG, PNG, WebP, AVIF and GIF'],
    ['{"a":1}', 'application/json', 'send the file itself as the body, with Content-Type image/… or application/octet-stream'],
    [
      '--x\r\n',
      'multipart/form-data; boundary=x',
      'send the file itself as the body, with Content-Type image/… or application/octet-stream',
    ],
  ])('are what is in them, not what they are called: %j as %s', async (body, type, detail) => {
    const answer = await upload(body, type);
    expect([answer.status, answer.body.code, answer.body.detail, added]).toEqual([415, 'picture-format-not-accepted', detail, []]);
  });

  it('leave nothing behind when media does not take them, or the storage is away', async () => {
    const before = await objects();
    expect((await upload(aJpeg(666))).status).toBe(503);
    isAway = true;
    const answer = await upload(aJpeg(5_000));
    expect([answer.status, answer.body.code, answer.body.detail, await objects()]).toEqual([
      503,
      'unavailable',
      'storage is away for a moment',
      before,
    ]);
  });

  it('leave nothing behind when whoever sends them goes away', async () => {
    const before = await objects();
    const sending = httpRequest(`${storefront.url}/admin/v1/media`, {
      method: 'POST',
      headers: { ...staff, 'Content-Type': 'image/jpeg', 'Content-Length': 2_000_000 },
    });
    const gone = new Promise((resolve) => sending.on('error', resolve));
    sending.write(aJpeg(1_000_000), () => sending.destroy());
    await gone;
    await eventually(objects, (count) => count === before);
    expect(added).toEqual([]);
  });

  it('are for staff, and elsewhere a file is no body', async () => {
    const anonymous = await request(storefront.url).post('/admin/v1/media').set('Content-Type', 'image/png').send(aJpeg(1_000));
    const elsewhere = await request(storefront.url)
      .post('/v1/carts')
      .set({ ...staff, 'Content-Type': 'image/png' })
      .send(aJpeg(1_000));
    expect([anonymous.body.code, elsewhere.body.code]).toEqual(['token-missing', 'unsupported-media-type']);
  });

  describe('that are ready', () => {
    const get = (path: string, headers = {}) => request(storefront.url).get(path).set(headers);

    beforeAll(async () => {
      const key = storageKey('pictures', 'a', '1-640.webp');
      await storage.put(key, Buffer.from('webp bytes'));
      pictures.set('med_1', {
        id: 'med_1',
        state: 'ready',
        renditions: [{ width: 640, format: 'webp', key, sizeBytes: '10', version: 'a-1-640-webp', recipe: 1 }],
      });
      pictures.set('med_2', { id: 'med_2', state: 'processing', renditions: [] });
    });

    it('are served for ever, to everybody, as what they are', async () => {
      const answer = await get('/v1/media/med_1/1-640.webp').responseType('blob');
      const {
        etag,
        'cache-control': cached,
        'content-type': type,
        'content-length': length,
        'x-content-type-options': sniffing,
      } = answer.headers;
      expect([answer.status, String(answer.body), etag, cached, type, length, sniffing]).toEqual([
        200,
        'webp bytes',
        '"a-1-640-webp"',
        'public, max-age=31536000, immutable',
        'image/webp',
        '10',
        'nosniff',
      ]);
    });

    it('are not sent to who has them', async () => {
      const answers = [
        await get('/v1/media/med_1/1-640.webp', { 'If-None-Match': 'W/"x", "a-1-640-webp"' }),
        await request(storefront.url).head('/v1/media/med_1/1-640.webp'),
      ];
      expect(answers.map(({ status, headers }) => [status, headers['content-length']])).toEqual([
        [304, undefined],
        [200, '10'],
      ]);
    });

    it('are asked for once, and again where they were not ready', async () => {
      pictures.set('med_7', { id: 'med_7', state: 'processing', renditions: [] });
      asked.splice(0);
      for (const state of ['processing', 'ready', 'ready']) {
        pictures.set('med_7', { id: 'med_7', state, renditions: [] });
        await get('/v1/media/med_7/1-640.webp');
      }
      expect(asked).toEqual(['med_7', 'med_7']);
    });

    it.each([
      '/v1/media/med_1/1-641.webp',
      '/v1/media/med_1/2-640.webp',
      '/v1/media/med_1/640.webp',
      '/v1/media/med_1/1-640.avif',
      '/v1/media/med_2/1-640.webp',
      '/v1/media/med_3/1-640.webp',
      '/v1/media/med_1/..%2F640.webp',
    ])('are nowhere else: %s', async (path) => {
      const { status, body } = await get(path);
      expect([status, body.code]).toEqual([404, 'not-found']);
    });
  });
});

/** As a client that goes on sending while it is answered. */
function send(url: string, { body, headers }: { readonly body: Buffer; readonly headers: Record<string, string> }) {
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = 'Transfer-Encoding' in headers ? {} : { 'Content-Length': String(body.length) };
    const sending = httpRequest(
      `${url}/admin/v1/media`,
      { method: 'POST', headers: { ...staff, 'Content-Type': 'image/jpeg', ...length, ...headers } },
      (response) => {
        void response.toArray().then((chunks) => {
          const { code, detail } = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as { code: string; detail: string };
          resolve({ status: response.statusCode, code, detail });
          sending.destroy();
        }, reject);
      },
    );
    sending.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || error.code === 'ECONNRESET' || reject(error));
    Readable.from(
      (function* () {
        for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
      })(),
    ).pipe(sending);
  });
}
