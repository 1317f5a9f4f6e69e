import sharp from 'sharp';
import { download } from '../client/download.js';
import { follow } from '../client/event-stream.js';
import { photo } from '../client/photo.js';
import { expecting, newCustomer, staff, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { target } from '../target.js';

const { shop, sandbox, outside } = target();
let clerk: Shopper;

beforeAll(async () => {
  clerk = await staff(shop);
});
afterAll(async () => {
  await shop.close();
  await sandbox.close();
});

const upload = (raw: Buffer, who = clerk) =>
  shop('POST', '/admin/v1/media', { token: who.token, raw, headers: { 'content-type': 'image/jpeg' } });
const jobOf = async (jobId: string) => (await clerk.ask('GET', `/v1/jobs/${jobId}`)).body;
const ended = (jobId: string) =>
  until(`the end of ${jobId}`, async () => {
    const job = await jobOf(jobId);
    return ['done', 'failed', 'cancelled'].includes(job.state) && job;
  });

/** Cancels a job that waits behind others. Undefined when the machine held us up for so long that it has ended: such a try shows nothing. */
async function cancelledInTime(): Promise<{ readonly jobId: string; readonly mediaId: string; readonly state: string } | undefined> {
  const [last, ...busy] = await Promise.all([1, 2, 3, 4].map(() => photo(640, 640)));
  await Promise.all(busy.map((raw) => upload(raw)));
  const { job, mediaId } = expecting(202, await upload(last!)).body;
  const cancelled = await clerk.ask('POST', `/v1/jobs/${job.id}/cancel`);
  if (cancelled.body.code === 'job-ended') return undefined;
  return { jobId: job.id, mediaId, state: expecting(200, cancelled).body.state };
}

describe('pictures', () => {
  it('are taken in, made into renditions while one watches, and shown by their product', async () => {
    const { status, headers, body } = await upload(await photo(2_000, 1_000));
    expect([status, headers['location'], body.mediaId.slice(0, 4)]).toEqual([202, `/v1/jobs/${body.job.id}`, 'med_']);

    const stream = await follow(shop.baseUrl, clerk, { path: `${headers['location']}/stream` });
    await until('the last event', () => Promise.resolve(stream.events.at(-1)?.event === 'done'));
    stream.close();
    const told = stream.events.map(({ data }) => data.progress);
    expect([told.at(-1), told, stream.events.map(({ id }) => id)]).toEqual([
      100,
      [...told].sort((a, b) => a - b),
      [...new Set(stream.events.map(({ id }) => id))],
    ]);
    expect((await jobOf(body.job.id)).result).toEqual({ mediaId: body.mediaId, width: 2_000, height: 1_000 });

    const product = await productOfItsOwn(clerk, 1);
    const set = await clerk.ask('PUT', `/admin/v1/products/${product.id}/pictures`, { pictures: [body.mediaId] });
    expect(set.status).toBe(200);
    const shown = await until('the picture on the product', async () => {
      const { images, imageUrl } = (await shop('GET', `/v1/products/${product.id}`)).body;
      return images.length > 0 && { ...images[0], imageUrl };
    });
    expect(shown).toMatchObject({
      mediaId: body.mediaId,
      imageUrl: shown.url,
      width: 2_000,
      height: 1_000,
      blurHash: expect.any(String),
      color: expect.stringMatching(/^#/),
    });
    expect(shown.renditions).toHaveLength(12);

    for (const { url, width, type } of shown.renditions) {
      const file = await download(shop.baseUrl, await newCustomer(shop), url);
      const { format, compression, width: real } = await sharp(file.bytes).metadata();
      expect([
        file.status,
        file.headers['content-type'],
        file.headers['cache-control'],
        compression === 'av1' ? 'image/avif' : `image/${format}`,
        real,
      ]).toEqual([200, type, 'public, max-age=31536000, immutable', type, width]);
    }
  });

  it('stand in the mail of an order as its products were shown when it was placed, whatever shows them later', async () => {
    const { body } = await upload(await photo(400, 300));
    await ended(body.job.id);
    const { id, variantId } = await productOfItsOwn(clerk, 1);
    const show = (pictures: readonly string[]) => clerk.ask('PUT', `/admin/v1/products/${id}/pictures`, { pictures });
    expect((await show([body.mediaId])).status).toBe(200);
    const shopper = await newCustomer(shop);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    expecting(201, await shopper.checkout(cartId, { email: shopper.email }));
    expect((await show([])).status).toBe(200);
    const [mail] = await until('the mail', async () => {
      const found = await outside.mails(shopper.email);
      return found.length > 0 && found;
    });
    const { html } = await outside.mail(mail!.id);
    const [, src = ''] = /<img src="([^"]+)" width="56" height="42"/.exec(html) ?? [];
    const { pathname } = new URL(src.replaceAll('&#x2F;', '/'));
    expect(pathname).toBe(`/v1/media/${body.mediaId}/1-320.jpeg`);
    const { status, bytes } = await download(shop.baseUrl, shopper, pathname);
    expect([status, (await sharp(bytes).metadata()).format]).toEqual([200, 'jpeg']);
  });

  it('are kept while a product shows them, and are gone once they are deleted', async () => {
    const { body } = await upload(await photo(400, 300));
    await ended(body.job.id);
    const { id } = await productOfItsOwn(clerk, 1);
    const show = (pictures: readonly string[]) => clerk.ask('PUT', `/admin/v1/products/${id}/pictures`, { pictures });
    const remove = () => clerk.ask('DELETE', `/admin/v1/media/${body.mediaId}`);
    expect((await show([body.mediaId])).status).toBe(200);
    expect((await remove()).body.code).toBe('picture-in-use');
    expect((await show([])).body.images).toEqual([]);
    expect([(await remove()).status, (await remove()).status, (await show([body.mediaId])).status]).toEqual([204, 404, 400]);
    expect((await shop('GET', `/v1/media/${body.mediaId}/1-400.webp`)).status).toBe(404);
  });

  it('that are the same file are the same picture', async () => {
    const file = await photo(350, 200);
    const [first, second] = await Promise.all([upload(file), upload(file)]);
    expect([second.body.mediaId, second.body.job.id]).toEqual([first.body.mediaId, first.body.job.id]);
    expect((await ended(first.body.job.id)).state).toBe('done');
  });

  it('that nothing can be made of fail with a reason, and no product can show them', async () => {
    const { status, body } = await upload((await photo(900, 900)).subarray(0, 15_000));
    expect(status).toBe(202);
    expect(await ended(body.job.id)).toMatchObject({ state: 'failed', failure: 'not-readable' });
    const { id } = await productOfItsOwn(clerk, 1);
    expect((await clerk.ask('PUT', `/admin/v1/products/${id}/pictures`, { pictures: [body.mediaId] })).body.code).toBe('picture-not-ready');
  });

  it('are refused when they are none, or too large, or sent by a shopper', async () => {
    const shopper = await newCustomer(shop);
    const answers = [
      await upload(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
      await upload(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(20_000_000)])),
      await upload(await photo(9, 9), shopper),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [415, 'picture-format-not-accepted'],
      [413, 'picture-too-large'],
      [403, 'forbidden'],
    ]);
  });

  it('whose job is cancelled in time are left alone', async () => {
    const { jobId, mediaId, state } = await until('a job that is cancelled before it has ended', cancelledInTime);
    expect([state, (await ended(jobId)).state]).toEqual(['cancelled', 'cancelled']);
    await until('the picture to be let go', async () => (await clerk.ask('GET', `/admin/v1/media/${mediaId}`)).body.state === 'failed');
    expect([(await jobOf(jobId)).state, (await clerk.ask('DELETE', `/admin/v1/media/${mediaId}`)).status]).toEqual(['cancelled', 204]);
  }, 180_000);
});
