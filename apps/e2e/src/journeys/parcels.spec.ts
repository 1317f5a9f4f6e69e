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

async function labelled() {
  const shopper = await newCustomer(shop);
  const { variantId } = await productOfItsOwn(clerk, 3, 2_000);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 1);
  const { body: order } = await shopper.checkout(cartId, { email: shopper.email });
  const shipment = await until('a label', async () => (await shopper.order(order.id)).shipments[0]);
  return { shopper, order, shipment };
}

const typesOf = async (shopper: Shopper, orderId: string) => (await shopper.events(orderId)).map(({ type }) => type);

/** What was mailed about an order's parcels that went astray, by type. */
async function mailsOfParcels(email: string, order: { readonly number: string }) {
  const mails = (await outside.mails(email)).filter(({ subject }) => subject.startsWith(`A parcel of your order ${order.number} `));
  const whole = await Promise.all(mails.map(async ({ id, subject }) => ({ subject, ...(await outside.mail(id)) })));
  return whole
    .map(({ subject, headers, text }) => ({ type: headers['x-tandem-event-type'], subject, text }))
    .sort((a, b) => String(a.type).localeCompare(String(b.type)));
}

async function parcelNotices(shopper: Shopper, orderId: string): Promise<readonly string[]> {
  const { data } = (await shopper.ask('GET', '/v1/me/notifications')).body as { data: { kind: string; orderId?: string }[] };
  return data.filter((notice) => notice.orderId === orderId && notice.kind.startsWith('order.parcel-')).map(({ kind }) => kind);
}

describe('a parcel', () => {
  it("has a label that staff can print, the carrier's own PDF; nobody else can, and not once it is voided", async () => {
    const { shopper, order, shipment } = await labelled();
    const path = `/admin/v1/shipments/${shipment.id}/label`;
    const label = await download(shop.baseUrl, clerk, path);
    expect([label.status, label.headers['content-type'], label.bytes.subarray(0, 5).toString()]).toEqual([200, 'application/pdf', '%PDF-']);
    expect([(await shopper.ask('GET', path)).status, (await clerk.ask('GET', '/admin/v1/shipments/shp_none/label')).status]).toEqual([
      403, 404,
    ]);
    expect((await shopper.ask('POST', `/v1/orders/${order.id}/cancel`, {}, { 'idempotency-key': order.id })).status).toBe(200);
    await until('the label voided', async () => (await outside.labels(order.id)).every(({ status }) => status === 'voided'));
    await until('shipping told', async () => (await shopper.order(order.id)).shipments[0].status === 'voided');
    const gone = await clerk.ask('GET', path);
    expect([gone.status, gone.body.code]).toEqual([409, 'label-voided']);
  });

  it("is listed by its order, to its owner and to staff; somebody else's order is as unknown as one that is none", async () => {
    const { shopper, order, shipment } = await labelled();
    const list = async (who: Shopper, id: string) => {
      const { status, body } = await who.ask('GET', `/v1/orders/${id}/shipments`);
      return [status, body.data?.map((shown: { id: string }) => shown.id) ?? body.code];
    };
    for (const who of [shopper, clerk]) expect(await list(who, order.id)).toEqual([200, [shipment.id]]);
    const stranger = await guest(shop);
    for (const id of [order.id, 'ord_01k9w5s3r0e4nb8m2v6x7y8z9a', 'abc']) expect(await list(stranger, id)).toEqual([404, 'not-found']);
  });

  it('that comes back is told of, once; late news changes nothing, and the money waits for staff', async () => {
    const { shopper, order, shipment } = await labelled();
    for (const status of ['in-transit', 'returned', 'returned', 'in-transit', 'delivered'] as const)
      await outside.carrierSays(shipment.trackingCode, status);
    await until('returned', async () => (await shopper.order(order.id)).shipments[0].status === 'returned');
    const seen = (await shopper.ask('GET', `/v1/shipments/${shipment.id}`)).body;
    expect([seen.status, seen.history.map(({ status }: { status: string }) => status)]).toEqual([
      'returned',
      ['created', 'in-transit', 'returned'],
    ]);
    expect((await typesOf(shopper, order.id)).filter((type) => type.startsWith('shipment.') || type === 'order.delivered')).toEqual([
      'shipment.created',
      'shipment.dispatched',
      'shipment.returned',
    ]);
    expect([(await shopper.order(order.id)).status, await outside.refunds(order.id)]).toEqual(['shipped', []]);
    const mails = await until('the mail', async () => {
      const found = await mailsOfParcels(shopper.email, order);
      return found.length > 0 && found;
    });
    expect(mails).toEqual([
      {
        type: 'order.parcel-returned.v1',
        subject: `A parcel of your order ${order.number} is coming back to us`,
        text: expect.stringContaining(`${seen.carrier}: ${shipment.trackingCode}`),
      },
    ]);
    expect(await parcelNotices(shopper, order.id)).toEqual(['order.parcel-returned']);
  });

  it('that is lost is told of, and so is its coming back when it is found: once each', async () => {
    const { shopper, order, shipment } = await labelled();
    for (const status of ['in-transit', 'lost', 'lost', 'in-transit'] as const) await outside.carrierSays(shipment.trackingCode, status);
    await until('the first mail', async () => (await mailsOfParcels(shopper.email, order)).length > 0);
    const { status, carrier } = (await shopper.ask('GET', `/v1/shipments/${shipment.id}`)).body;
    expect([status, (await shopper.order(order.id)).status]).toEqual(['lost', 'shipped']);
    await outside.carrierSays(shipment.trackingCode, 'returned');
    const mails = await until('the second mail', async () => {
      const found = await mailsOfParcels(shopper.email, order);
      return found.length > 1 && found;
    });
    expect(mails.map(({ subject, text }) => [subject, text.includes(`${carrier}: ${shipment.trackingCode}`)])).toEqual([
      [`A parcel of your order ${order.number} is lost`, true],
      [`A parcel of your order ${order.number} is coming back to us`, true],
    ]);
    expect(await parcelNotices(shopper, order.id)).toEqual(['order.parcel-returned', 'order.parcel-lost']);
  });
});
