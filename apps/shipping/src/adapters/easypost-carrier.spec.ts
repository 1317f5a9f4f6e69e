import { newId } from '@tandem/host';
import { type CarrierBench, carrierContract } from '../domain/carrier.contract.js';
import type { Drafts, LabelOrder } from '../domain/carrier.js';
import { largestLabel } from './easypost-calls.js';
import { easypostCarrier } from './easypost-carrier.js';
import { type EasyPostLike, startEasyPostLike } from './testing/easypost-like.js';
import { errorShape } from './testing/easypost-shapes.js';

const from = { company: 'Tandem', street1: 'Example Street 1', city: 'Berlin', zip: '10115', country: 'DE', phone: '+49 30 1' };
const shippingAddress = { name: 'Ada', line1: 'Example Street 2', city: 'Berlin', postalCode: '10117', country: 'DE' };
const parcel = (weightGrams = 650) => ({ weightGrams, lines: [{ lineId: 'line_a', quantity: 1 }] });

describe('EasyPost', () => {
  let like: EasyPostLike;
  let bench: CarrierBench & { carrier: ReturnType<typeof easypostCarrier> };
  const forbidden: number[] = [];
  /** Shipments are begun at noon. */
  const noon = new Date('2026-11-21T12:00:00Z');
  let now = noon;

  beforeAll(async () => {
    like = await startEasyPostLike();
    bench = {
      carrier: easypostCarrier({
        apiKey: like.key,
        apiUrl: like.url,
        from,
        now: () => now,
        onForbidden: (status) => void forbidden.push(status),
      }),
      newOrderId: () => newId('order'),
      unreachable: { ...shippingAddress, line1: 'Nowhere 1' },
      books: (orderId) =>
        Promise.resolve(
          like.labelsOf(orderId).map((label) => ({
            trackingCode: String(label['tracking_code']),
            status: label['refund_status'] === null ? 'created' : 'voided',
          })),
        ),
      dispatch: (trackingCode) => Promise.resolve(like.move(trackingCode, 'in_transit')),
      whileAway: async (work) => {
        await like.stop();
        return work().finally(() => like.start());
      },
      whileFailing: async (work) => {
        like.always = { status: 503, body: errorShape('SERVICE.UNAVAILABLE', 'Try again.') };
        return work().finally(() => void (like.always = undefined));
      },
    };
  });
  afterAll(async () => {
    await bench.carrier.close();
    await like.stop();
  });
  beforeEach(() => {
    like.asked.length = 0;
    Object.assign(like, { isRatingDown: false, areLabelsLate: false, labelSize: 1_000, arrival: { tracker: null, rate: null } });
    now = noon;
  });

  carrierContract(() => bench);

  const wish = (over: Partial<LabelOrder> = {}): LabelOrder => {
    const orderId = newId('order');
    return { key: orderId, orderId, service: 'standard', shippingAddress, parcels: [parcel()], ...over };
  };
  const forgetful = (kept: string | null = null): Drafts => ({ kept, keep: (id) => Promise.resolve(id) });
  const buy = async (order = wish(), drafts = forgetful()) => {
    const answer = await bench.carrier.buyLabel(order, drafts);
    if (answer.kind !== 'bought') throw new Error(`not bought: ${answer.because}`);
    return answer;
  };
  const sold = (orderId: string) => like.labelsOf(orderId).map(({ selected_rate: rate }) => (rate as { service: string }).service);

  it('begins a shipment and buys it: the cheapest rate, for express the quickest', async () => {
    const [standard, express] = [wish(), wish({ service: 'express' })];
    await buy(standard);
    expect(like.asked).toEqual(['POST /v2/shipments', 'POST /v2/shipments/{id}/buy']);
    await buy(express);
    expect([sold(standard.orderId), sold(express.orderId)]).toEqual([['First'], ['Priority']]);
  });

  it('says where from and where to, and the weight in ounces', async () => {
    const order = wish({ parcels: [parcel(1_000)] });
    await buy(order);
    expect(like.labelsOf(order.orderId)).toMatchObject([
      {
        from_address: from,
        to_address: { name: 'Ada', street1: 'Example Street 2', zip: '10117', country: 'DE' },
        parcel: { weight: 35.3 },
      },
    ]);
  });

  it('sells each parcel of an order a label under a key of its own, once', async () => {
    const { orderId } = wish();
    const keys = [orderId, `${orderId}/2`];
    const kept = new Map<string, string>();
    const ask = (key: string, place: number) =>
      buy(wish({ key, orderId, parcels: [parcel(place === 0 ? 500 : 1_000)] }), {
        kept: kept.get(key) ?? null,
        keep: (id) => Promise.resolve(kept.get(key) ?? (kept.set(key, id), id)),
      });
    const first = [await ask(orderId, 0), await ask(`${orderId}/2`, 1)];
    expect(await Promise.all(keys.map(ask))).toEqual(first);
    expect(like.labelsOf(orderId)).toMatchObject([{ parcel: { weight: 17.6 } }, { parcel: { weight: 35.3 } }]);
  });

  it.each([
    ['of its tracker', { tracker: '2026-11-24T00:00:00Z', rate: '2026-11-25T00:00:00Z' }, '2026-11-24'],
    ['of its rate', { tracker: null, rate: '2026-11-25T00:00:00Z' }, '2026-11-25'],
    ['of nobody', { tracker: null, rate: null }, undefined],
    ['that is none', { tracker: 'soon', rate: null }, undefined],
  ])('tells the day %s with the label', async (_, says, day) => {
    like.arrival = says;
    expect((await buy()).estimatedDelivery).toBe(day);
  });

  it('goes on with what was begun, at the rates of today', async () => {
    const order = wish();
    const started: string[] = [];
    await expect(
      bench.carrier.buyLabel(order, { kept: null, keep: (id) => (started.push(id), Promise.reject(new Error('died'))) }),
    ).rejects.toThrow('died');
    like.asked.length = 0;
    expect((await buy(order, forgetful(started[0] ?? ''))).labelId).toBe(started[0]);
    expect(like.asked).toEqual(['GET /v2/shipments/{id}', 'POST /v2/shipments/{id}/rerate', 'POST /v2/shipments/{id}/buy']);
  });

  it.each([
    ['an answer of 5xx', { status: 500, body: errorShape('INTERNAL_SERVER_ERROR', 'Sorry.') }],
    ['an answer that is none', { status: 200, body: 'a page of somebody in between' }],
  ])('has bought one label when its yes is lost in %s', async (_, lost) => {
    const order = wish();
    const kept: string[] = [];
    like.afterPurchase = lost;
    await expect(bench.carrier.buyLabel(order, { kept: null, keep: (id) => (kept.push(id), Promise.resolve(id)) })).rejects.toMatchObject({
      name: 'Unavailable',
      system: 'carrier',
    });
    expect((await buy(order, forgetful(kept[0] ?? ''))).labelId).toBe(kept[0]);
    expect(like.labelsOf(order.orderId)).toHaveLength(1);
  });

  it('looks again while EasyPost does not know itself whether the label was bought', async () => {
    like.afterPurchase = { status: 422, body: errorShape('SHIPMENT.POSTAGE.NO_RESPONSE', 'The carrier did not answer.') };
    await buy();
    expect(like.asked).toEqual(['POST /v2/shipments', 'POST /v2/shipments/{id}/buy', 'GET /v2/shipments/{id}']);
  });

  it('tries an order alone again whose purchase is under way for longer than it looks, and finds its label', async () => {
    const order = wish();
    const kept: string[] = [];
    like.areLabelsLate = true;
    like.afterPurchase = { status: 422, body: errorShape('SHIPMENT.PURCHASE.IN_PROGRESS', 'Being bought.') };
    const ended = await bench.carrier
      .buyLabel(order, { kept: null, keep: (id) => (kept.push(id), Promise.resolve(id)) })
      .catch((error: unknown) => error);
    const [id = ''] = kept;
    expect(ended).toEqual(new Error(`EasyPost does not know yet whether it has sold ${id}: SHIPMENT.PURCHASE.IN_PROGRESS`));
    like.areLabelsLate = false;
    expect((await buy(order, forgetful(id))).labelId).toBe(id);
    expect(like.labelsOf(order.orderId)).toHaveLength(1);
  });

  it.each([
    ['with 4xx', { status: 422, body: errorShape('SHIPMENT.INVALID', 'No.') }, 'SHIPMENT.INVALID'],
    ['with fields of another kind', { status: 200, body: { id: 7, rates: {}, trackers: 'none' } }, 'HTTP.200'],
  ])(
    'lets one order, one void and one parcel wait alone that EasyPost answers %s; a label cannot be printed from it',
    async (_, odd, said) => {
      const [begun, label] = [await buy(), await buy()];
      const alone = new Error(`EasyPost answered ${said}, not as its reference says`);
      const asked = [
        () => bench.carrier.buyLabel(wish(), forgetful(begun.labelId)),
        () => bench.carrier.voidLabel(label.labelId),
        () => bench.carrier.track(label),
      ];
      const ends: unknown[] = [];
      for (const ask of asked) {
        like.next.push(odd);
        ends.push(await ask().catch((error: unknown) => error));
      }
      // a label or tracker that is refused is none of ours, as before
      expect(ends).toEqual(odd.status < 300 ? [alone, alone, alone] : [alone, 'dispatched', 'unknown']);
      like.next.push(odd);
      const printed = await bench.carrier.labelDocument(label.labelId).catch((error: unknown) => error);
      expect(printed).toMatchObject(odd.status < 300 ? { name: 'Unavailable', cause: alone } : { kind: 'none' });
    },
  );

  it('buys nothing twice and refuses nothing when it was paid and no label came with the yes: the order alone is tried again, until the label is there', async () => {
    const order = wish();
    const kept: string[] = [];
    like.areLabelsLate = true;
    const first = await bench.carrier
      .buyLabel(order, { kept: null, keep: (id) => (kept.push(id), Promise.resolve(id)) })
      .catch((error: unknown) => error);
    const [id = ''] = kept;
    const again = await bench.carrier.buyLabel(order, forgetful(id)).catch((error: unknown) => error);
    expect([first, again]).toEqual([first, again].map(() => new Error(`EasyPost has sold ${id}, and has no label of it yet`)));
    like.areLabelsLate = false;
    expect((await buy(order, forgetful(id))).labelId).toBe(id);
    expect(like.labelsOf(order.orderId)).toHaveLength(1);
  });

  it('takes back what was paid, also while its label is not there, and nothing of what was only begun', async () => {
    const kept: string[] = [];
    const keep = (id: string) => (kept.push(id), Promise.resolve(id));
    like.areLabelsLate = true;
    await expect(bench.carrier.buyLabel(wish(), { kept: null, keep })).rejects.toThrow('has no label of it yet');
    await expect(
      bench.carrier.buyLabel(wish(), { kept: null, keep: (id) => keep(id).then(() => Promise.reject(new Error('died'))) }),
    ).rejects.toThrow('died');
    const [paid = '', begun = ''] = kept;
    expect(await bench.carrier.voidLabel(paid)).toBe('voided');
    await expect(bench.carrier.voidLabel(begun)).rejects.toThrow(`EasyPost may still sell ${begun}`);
    now = new Date('2026-11-21T12:45:01Z');
    expect(await bench.carrier.voidLabel(begun)).toBe('dispatched');
  });

  it('tries an order alone again that carriers fail to give rates for, and buys what was begun when they do', async () => {
    const [order, begunEarlier] = [wish(), wish()];
    const kept: string[] = [];
    const keep = (id: string) => (kept.push(id), Promise.resolve(id));
    await expect(
      bench.carrier.buyLabel(begunEarlier, { kept: null, keep: (id) => keep(id).then(() => Promise.reject(new Error('died'))) }),
    ).rejects.toThrow('died');
    like.isRatingDown = true;
    const first = await bench.carrier.buyLabel(order, { kept: null, keep }).catch((error: unknown) => error);
    const [earlier = '', id = ''] = kept;
    expect(first).toEqual(new Error(`no rates for ${id} yet from USPS`));
    now = new Date('2026-11-21T12:45:00Z');
    await expect(bench.carrier.buyLabel(order, forgetful(id))).rejects.toThrow('no rates');
    await expect(bench.carrier.buyLabel(begunEarlier, forgetful(earlier))).rejects.toThrow(`no rates for ${earlier} yet from any carrier`);
    like.isRatingDown = false;
    expect((await buy(order, forgetful(id))).labelId).toBe(id);
  });

  it('refuses an order that has had no rates for three quarters of an hour; one that is replayed when there are some is bought', async () => {
    const order = wish();
    const kept: string[] = [];
    like.isRatingDown = true;
    await expect(bench.carrier.buyLabel(order, { kept: null, keep: (id) => (kept.push(id), Promise.resolve(id)) })).rejects.toThrow(
      'no rates',
    );
    const [id = ''] = kept;
    now = new Date('2026-11-21T12:45:01Z');
    expect(await bench.carrier.buyLabel(order, forgetful(id))).toEqual({ kind: 'refused', because: 'undeliverable' });
    like.isRatingDown = false;
    expect((await buy(order, forgetful(id))).labelId).toBe(id);
  });

  it('hands out a label that fits into an answer of gRPC, and none that is larger, also when nobody says how long it is', async () => {
    const { labelId } = await buy();
    like.labelSize = largestLabel;
    const document = await bench.carrier.labelDocument(labelId);
    expect(document.kind === 'document' && document.pdf.length).toBe(largestLabel);
    like.labelSize = largestLabel + 1;
    await expect(bench.carrier.labelDocument(labelId)).rejects.toMatchObject({
      name: 'Unavailable',
      cause: new Error(`the label is larger than ${largestLabel} bytes`),
    });
  });

  it('says where the parcel of a label is, not the one that had its code before', async () => {
    const [old, young] = [await buy(), await buy()];
    like.move(young.trackingCode, 'delivered');
    const { trackingCode } = old;
    like.reuse(trackingCode, young.labelId);
    expect([await bench.carrier.track(old), await bench.carrier.track({ ...young, trackingCode })]).toEqual(['created', 'delivered']);
  });

  it('refuses for good with the code of EasyPost, an address that it does not find, and what was begun elsewhere', async () => {
    const refusal = (code: string) => ({ status: 422, body: errorShape(code, 'No.') });
    like.next.push(refusal('SHIPMENT.INVALID_PARAMS'), refusal('ADDRESS.VERIFY.FAILURE'));
    const because = async (order = wish()) => ({ ...(await bench.carrier.buyLabel(order, forgetful())) });
    expect([
      await because(),
      await because(),
      await because(wish({ shippingAddress: {} })),
      await bench.carrier.buyLabel(wish(), forgetful('of another carrier')),
    ]).toEqual(
      ['shipment-invalid-params', 'undeliverable', 'undeliverable', 'draft-not-found'].map((reason) => ({
        kind: 'refused',
        because: reason,
      })),
    );
  });

  it('is away when there are too many calls, when the key does not hold and when the account is empty; an operator hears of the last two', async () => {
    like.next.push(
      { status: 429, body: errorShape('RATE_LIMITED', 'Slower.') },
      { status: 402, body: errorShape('BILLING.INSUFFICIENT', 'No money.') },
    );
    const stranger = easypostCarrier({
      apiKey: 'EZTKother',
      apiUrl: like.url,
      from,
      now: () => now,
      onForbidden: (status) => void forbidden.push(status),
    });
    for (const carrier of [bench.carrier, bench.carrier, stranger])
      await expect(carrier.buyLabel(wish(), forgetful())).rejects.toMatchObject({ name: 'Unavailable' });
    await stranger.close();
    expect(forbidden).toEqual([402, 401]);
  });

  it.each([
    ['out_for_delivery', 'unknown', 'in-transit'],
    ['available_for_pickup', 'unknown', 'in-transit'],
    ['delivered', 'arrived_at_destination', 'delivered'],
    ['failure', 'lost', 'lost'],
    ['return_to_sender', 'return', 'returned'],
    ['failure', 'address_correction', 'created'],
    ['pre_transit', 'label_created', 'created'],
  ])('calls %s (%s) %s', async (status, detail, whereabouts) => {
    const label = await buy();
    like.move(label.trackingCode, status, detail);
    expect(await bench.carrier.track(label)).toBe(whereabouts);
  });
});
