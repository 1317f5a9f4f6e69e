import { inflateSync } from 'node:zlib';
import { follow } from '../client/event-stream.js';
import { download } from '../client/download.js';
import { guest, newCustomer, staff, type Shopper } from '../client/shopper.js';
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

async function buy(shopper: Shopper, email = 'ada@tandem.example'): Promise<any> {
  const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 2);
  const { status, body } = await shopper.checkout(cartId, { email });
  expect(status).toBe(201);
  return body;
}

/** Asks until it is there; every answer before is 202, or that a part of the shop is away for a moment. */
async function made(shopper: Shopper, path: string): ReturnType<typeof download> {
  const before: Awaited<ReturnType<typeof download>>[] = [];
  const answer = await until(path, async () => {
    const got = await download(shop.baseUrl, shopper, path);
    if (got.status === 202) before.push(got);
    return got.status !== 202 && got.status !== 503 && got;
  });
  for (const { headers, json } of before)
    expect([headers['retry-after'], json()]).toEqual([
      '1',
      { job: json().job && expect.objectContaining({ id: expect.stringMatching(/^docjob_/) }) },
    ]);
  return answer;
}

/** All words of a PDF, in the order they were drawn: the standard fonts write WinAnsi codes in hex, in pieces between kernings. */
function textOf(pdf: Buffer): string {
  const streams = [...pdf.toString('latin1').matchAll(/FlateDecode[\s\S]*?stream\n([\s\S]*?)\nendstream/g)].map(([, bytes = '']) =>
    inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1'),
  );
  const shows = streams.flatMap((content) => [...content.matchAll(/\[([^\]]*)\] TJ/g)].map(([, parts = '']) => parts));
  return shows
    .map((parts) => [...parts.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join(''))
    .join('\n');
}

describe('the documents of an order', () => {
  it('an invoice: 202 while it is made, then the same PDF for ever, with its number and the total', async () => {
    const shopper = await newCustomer(shop);
    const order = await buy(shopper);
    const path = `/v1/orders/${order.id}/invoice`;
    const { status, headers, bytes } = await made(shopper, path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/pdf', 'private, no-cache']);
    const number = /filename="(INV-\d{4}-\d{6})\.pdf"/.exec(headers['content-disposition'] ?? '')?.[1] ?? 'none';
    const total = (order.total.amount / 100).toFixed(2);
    expect([number, order.number, total].filter((text) => !textOf(bytes).includes(text))).toEqual([]);
    const again = await download(shop.baseUrl, shopper, path);
    expect([again.headers['etag'], again.bytes.equals(bytes)]).toEqual([headers['etag'], true]);
    const known = await download(shop.baseUrl, shopper, path, { 'if-none-match': headers['etag'] ?? '' });
    expect([known.status, known.bytes.length]).toEqual([304, 0]);
  });

  it('is for who bought and for staff; the packing slip for staff alone', async () => {
    const [shopper, stranger] = await Promise.all([guest(shop), newCustomer(shop)]);
    const order = await buy(shopper);
    const statusOf = async (who: Shopper, path: string) => (await download(shop.baseUrl, who, path)).status;
    await made(shopper, `/v1/orders/${order.id}/invoice`);
    const slip = await made(clerk, `/admin/v1/orders/${order.id}/packing-slip`);
    expect(textOf(slip.bytes)).toContain(`PS-${order.number}`);
    expect([
      await statusOf(stranger, `/v1/orders/${order.id}/invoice`),
      await statusOf(clerk, `/v1/orders/${order.id}/invoice`),
      await statusOf(shopper, `/admin/v1/orders/${order.id}/packing-slip`),
    ]).toEqual([404, 200, 403]);
    expect(await statusOf(shopper, '/v1/orders/ord_01h455vb4pex5vsknk084sn02q/invoice')).toBe(404);
  });

  it('the job that makes one is told live, to its owner alone, and ends', async () => {
    const [shopper, stranger] = await Promise.all([newCustomer(shop), newCustomer(shop)]);
    const order = await buy(shopper);
    const job = await until('the job', async () => {
      const { status, json } = await download(shop.baseUrl, shopper, `/v1/orders/${order.id}/invoice`);
      return (status === 202 ? json().job : (await shopper.ask('POST', `/v1/orders/${order.id}/invoice`)).body) ?? undefined;
    });
    const live = await follow(shop.baseUrl, shopper, { path: `/v1/jobs/${job.id}/stream` });
    await until('the last state', async () => live.events.at(-1)?.event === 'done');
    live.close();
    const ids = live.events.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    const seen = (await shopper.ask('GET', `/v1/jobs/${job.id}`)).body;
    expect(seen).toMatchObject({
      id: job.id,
      kind: 'invoice',
      state: 'done',
      progress: 100,
      result: { orderId: order.id, kind: 'invoice' },
    });
    expect(live.events.at(-1)?.data).toEqual(seen);
    expect([
      (await stranger.ask('GET', `/v1/jobs/${job.id}`)).status,
      (await stranger.ask('POST', `/v1/jobs/${job.id}/cancel`)).status,
      (await clerk.ask('GET', `/v1/jobs/${job.id}`)).status,
    ]).toEqual([404, 404, 200]);
    expect((await shopper.ask('POST', `/v1/jobs/${job.id}/cancel`)).body.code).toBe('job-ended');
  });

  it('a refund has a credit note', async () => {
    const shopper = await newCustomer(shop);
    const order = await buy(shopper);
    await made(shopper, `/v1/orders/${order.id}/invoice`);
    const refund = await clerk.ask(
      'POST',
      `/v1/orders/${order.id}/refunds`,
      { amount: { amount: 500, currency: 'EUR' }, reason: 'Scratched' },
      { 'idempotency-key': order.id },
    );
    expect([refund.status, refund.text]).toEqual([201, expect.stringContaining('ref_')]);
    const path = `/v1/orders/${order.id}/refunds/${refund.body.id}/credit-note`;
    const note = await until('the credit note', async () => {
      const answer = await download(shop.baseUrl, shopper, path);
      return answer.status === 200 && answer;
    });
    const text = textOf(note.bytes);
    expect(['CN-', 'INV-', '5.00', 'Scratched'].filter((wanted) => !text.includes(wanted))).toEqual([]);
  });

  it('a shopper finds the refunds of an order in its list, and by their ids the credit notes, which name what came back', async () => {
    const [shopper, stranger] = [await newCustomer(shop), await newCustomer(shop)];
    const order = await buy(shopper);
    await made(shopper, `/v1/orders/${order.id}/invoice`);
    const [{ id: lineId, sku }] = order.lines;
    const given = await clerk.ask(
      'POST',
      `/v1/orders/${order.id}/refunds`,
      { lines: [{ lineId, quantity: 1 }], reason: 'Dent' },
      { 'idempotency-key': order.id },
    );
    const path = `/v1/orders/${order.id}/refunds`;
    const list = (await shopper.ask('GET', path)).body;
    expect(list).toEqual({ data: [given.body], nextCursor: null });
    expect((await clerk.ask('GET', path)).body).toEqual(list);
    expect((await stranger.ask('GET', path)).status).toBe(404);
    const note = await until('the credit note', async () => {
      const answer = await download(shop.baseUrl, shopper, `${path}/${list.data[0].id}/credit-note`);
      return answer.status === 200 && answer;
    });
    const text = textOf(note.bytes);
    expect([sku, 'Dent'].filter((wanted) => !text.includes(wanted))).toEqual([]);
  });

  it('a cancelled order has a credit note of all that was billed', async () => {
    const shopper = await newCustomer(shop);
    const order = await buy(shopper);
    await made(shopper, `/v1/orders/${order.id}/invoice`);
    expect(
      (await shopper.ask('POST', `/v1/orders/${order.id}/cancel`, { reason: 'Too late' }, { 'idempotency-key': order.id })).status,
    ).toBe(200);
    const { data } = await until('its line in the history', async () =>
      (await shopper.events(order.id)).find(({ type }) => type === 'order.cancelled'),
    );
    const path = `/v1/orders/${order.id}/refunds/${data.refund.refundId}/credit-note`;
    const note = await until('the credit note', async () => {
      const answer = await download(shop.baseUrl, shopper, path);
      return answer.status === 200 && answer;
    });
    const text = textOf(note.bytes);
    const wanted = ['CN-', 'INV-', (order.total.amount / 100).toFixed(2), 'Too late'];
    expect(wanted.filter((word) => !text.includes(word))).toEqual([]);
  });

  it('the invoice goes with the mail that tells of the parcel', async () => {
    const shopper = await newCustomer(shop);
    const order = await buy(shopper, shopper.email);
    await made(shopper, `/v1/orders/${order.id}/invoice`);
    const [label] = await until('a label', async () => {
      const labels = await outside.labels(order.id);
      return labels.length > 0 && labels;
    });
    await outside.carrierSays(label!.trackingCode, 'in-transit');
    const mails = await until('two mails', async () => {
      const all = await outside.mails(shopper.email);
      return all.length >= 2 && Promise.all(all.map(({ id }) => outside.mail(id)));
    });
    const files = mails.map(({ headers, attachments }) => [
      headers['x-tandem-event-type'],
      attachments.map(({ filename, contentType }) => `${contentType} ${filename.replace(/\d/g, '0')}`),
    ]);
    expect(Object.fromEntries(files)).toEqual({ 'order.confirmed.v1': [], 'order.shipped.v1': ['application/pdf INV-0000-000000.pdf'] });
  });
});
