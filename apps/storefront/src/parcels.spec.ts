import { notFound, Refusal } from '@tandem/host';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

describe('parcels at the edge', () => {
  const received: object[] = [];
  const askedOfOrder: string[] = [];
  const several = [
    { weightGrams: 1, lines: [], trackingCode: 'T1', status: 'created' },
    { weightGrams: 2, lines: [], trackingCode: 'T2', status: 'in-transit' },
  ];
  let storefront: SpecStorefront;
  beforeAll(async () => {
    const getLabel = ({ shipmentId, parcel }: { shipmentId: string; parcel?: number }) => {
      if (shipmentId === 'shp_1')
        return Promise.resolve({ content: Buffer.from(`%PDF-1.7${parcel === undefined ? '' : ` of parcel ${parcel}`}`) });
      return Promise.reject(shipmentId === 'shp_voided' ? new Refusal('label-voided') : notFound());
    };
    const receiveCarrierWebhook = ({ body, ...webhook }: { body: Uint8Array }) => {
      received.push({ ...webhook, body: Buffer.from(body).toString() });
      return Promise.resolve({});
    };
    const track = ({ trackingCode }: { trackingCode: string }) =>
      Promise.resolve({
        ...{ id: 'shp_1', orderId: 'ord_1', status: 'created', carrier: 'sandbox', trackingCode: 'T1', history: [] },
        ...(trackingCode === 'T2' ? { parcels: several, estimatedDelivery: '2026-11-24' } : { parcels: [{ weightGrams: 1, lines: [] }] }),
      });
    const listShipments = ({ orderId }: { orderId: string }) =>
      Promise.resolve({ shipments: orderId === 'ord_sent' ? [{ id: 'shp_1', orderId, status: 'created', history: [], parcels: [] }] : [] });
    const getOrder = ({ orderId }: { orderId: string }) => {
      askedOfOrder.push(orderId);
      return orderId === 'ord_new' ? Promise.resolve({}) : Promise.reject(notFound());
    };
    storefront = await startStorefront({ shipping: { getLabel, receiveCarrierWebhook, track, listShipments }, order: { getOrder } });
  });
  afterAll(() => storefront.close());

  const ask = (shipmentId: string, who = 'staff:cus_2') =>
    fetch(`${storefront.url}/admin/v1/shipments/${shipmentId.includes('/') ? shipmentId : `${shipmentId}/label`}`, {
      headers: { authorization: `Bearer ${who}` },
    });

  it('have labels that come as a file, and are kept by nobody on the way', async () => {
    const answer = await ask('shp_1');
    const headers = ['content-type', 'content-disposition', 'cache-control'].map((name) => answer.headers.get(name));
    expect([answer.status, await answer.text(), ...headers]).toEqual([
      200,
      '%PDF-1.7',
      'application/pdf',
      'inline; filename="label-shp_1.pdf"',
      'no-store',
    ]);
  });

  it('have labels of their own where the carrier sells them so; which one is a number from 1', async () => {
    const [second, none] = await Promise.all([ask('shp_1/label?parcel=2'), ask('shp_1/label?parcel=0')]);
    expect([await second.text(), none.status]).toEqual(['%PDF-1.7 of parcel 2', 400]);
  });

  it('are shown with their codes and the day they should arrive, as far as shipping tells them', async () => {
    const shown = async (code: string) => (await fetch(`${storefront.url}/v1/tracking/${code}`)).json() as Promise<object>;
    expect([await shown('T2'), await shown('T1')]).toMatchObject([
      { trackingCode: 'T1', parcels: several, estimatedDelivery: '2026-11-24' },
      { parcels: [{ weightGrams: 1, lines: [] }] },
    ]);
    expect(await shown('T1')).not.toHaveProperty('estimatedDelivery');
  });

  it('are listed for an order of one’s own, also before there is one; order is asked only where none is shown', async () => {
    const list = async (orderId: string) => {
      const answer = await fetch(`${storefront.url}/v1/orders/${orderId}/shipments`, { headers: { authorization: 'Bearer guest:cus_1' } });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    expect(await list('ord_sent')).toMatchObject({ status: 200, data: [{ id: 'shp_1' }], nextCursor: null });
    expect(askedOfOrder).toEqual([]);
    expect(await list('ord_new')).toEqual({ status: 200, data: [], nextCursor: null });
    for (const id of ['ord_of-another', 'abc']) expect(await list(id)).toMatchObject({ status: 404, code: 'not-found' });
    expect(askedOfOrder).toEqual(['ord_new', 'ord_of-another', 'abc']);
  });

  it('have labels for staff alone, and only while they hold', async () => {
    const answers = await Promise.all([ask('shp_1', 'customer:cus_1'), ask('shp_voided'), ask('shp_none')]);
    expect(await Promise.all(answers.map(async (answer) => [answer.status, ((await answer.json()) as { code: string }).code]))).toEqual([
      [403, 'forbidden'],
      [409, 'label-voided'],
      [404, 'not-found'],
    ]);
  });

  it('are told of by webhooks, each under the signature that its carrier uses, byte for byte', async () => {
    const headers = {
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1',
      'webhook-signature': 'v1,standard',
      'x-hmac-signature': 'hmac-sha256-hex=00',
    };
    for (const carrier of ['sandbox', 'easypost'])
      expect(
        (await fetch(`${storefront.url}/v1/webhooks/carriers/${carrier}`, { method: 'POST', headers, body: '{"a": 1 }' })).status,
      ).toBe(204);
    const shared = { id: 'msg_1', timestamp: '1', body: '{"a": 1 }' };
    expect(received).toEqual([
      { carrier: 'sandbox', ...shared, signature: 'v1,standard' },
      { carrier: 'easypost', ...shared, signature: 'hmac-sha256-hex=00' },
    ]);
  });
});
