import type { Carrier, Drafts, LabelOrder } from './carrier.js';

/** A carrier under test, and the other side of it. */
export type CarrierBench = {
  readonly carrier: Carrier;
  newOrderId(): string;
  /** A place it does not reach. */
  readonly unreachable: object;
  /** Its labels of an order. */
  books(orderId: string): Promise<readonly { readonly trackingCode: string; readonly status: string }[]>;
  /** The parcel is on its way. */
  dispatch(trackingCode: string): Promise<unknown>;
  /** Nobody listens at the carrier's address while `work` runs. */
  whileAway<T>(work: () => Promise<T>): Promise<T>;
  /** The carrier fails every call while `work` runs. */
  whileFailing<T>(work: () => Promise<T>): Promise<T>;
};

const shippingAddress = { name: 'Ada', line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };

/** What every adapter of `Carrier` has to hold to. */
export function carrierContract(bench: () => CarrierBench): void {
  const order = (orderId = bench().newOrderId()): LabelOrder => ({
    key: orderId,
    orderId,
    service: 'standard',
    shippingAddress,
    parcels: [{ weightGrams: 650, lines: [{ lineId: 'line_a', quantity: 2 }] }],
  });
  const drafts = draftsInMemory();
  const ask = (wanted: LabelOrder) => bench().carrier.buyLabel(wanted, drafts(wanted.key));
  const buy = async (wanted = order()) => {
    const answer = await ask(wanted);
    if (answer.kind !== 'bought') throw new Error(`not bought: ${answer.because}`);
    return { ...answer, orderId: wanted.orderId };
  };

  it('sells one label per key, however often and at once it is asked', async () => {
    const wanted = order();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => ask(wanted)));
    const [first] = answers;
    expect(first).toEqual({
      kind: 'bought',
      labelId: expect.any(String) as string,
      trackingCode: expect.stringMatching(/^[\x21-\x7e]{1,100}$/) as string,
    });
    expect([...answers, await ask(wanted)]).toEqual([...answers, first].map(() => first));
    expect(await bench().books(wanted.orderId)).toHaveLength(1);
  });

  it('refuses for good what it does not reach, each time', async () => {
    const wanted = { ...order(), shippingAddress: bench().unreachable };
    const refused = { kind: 'refused', because: 'undeliverable' };
    expect([await ask(wanted), await ask(wanted)]).toEqual([refused, refused]);
    expect(await bench().books(wanted.orderId)).toEqual([]);
  });

  it('takes a label back, and again', async () => {
    const { labelId, orderId } = await buy();
    expect([await bench().carrier.voidLabel(labelId), await bench().carrier.voidLabel(labelId)]).toEqual(['voided', 'voided']);
    expect((await bench().books(orderId)).map(({ status }) => status)).toEqual(['voided']);
  });

  it('hands out what is to be stuck on the parcels, as PDF, until the label is taken back; there is none of a label it never sold', async () => {
    const { labelId } = await buy();
    const document = await bench().carrier.labelDocument(labelId);
    expect(document.kind === 'document' && Buffer.from(document.pdf).subarray(0, 5).toString()).toBe('%PDF-');
    await bench().carrier.voidLabel(labelId);
    expect([await bench().carrier.labelDocument(labelId), await bench().carrier.labelDocument('lbl_x')]).toEqual([
      { kind: 'voided' },
      { kind: 'none' },
    ]);
  });

  it('does not take a label back once the parcel is on its way', async () => {
    const { labelId, trackingCode } = await buy();
    await bench().dispatch(trackingCode);
    expect(await bench().carrier.voidLabel(labelId)).toBe('dispatched');
  });

  it('says where a parcel is, and that it knows none of another', async () => {
    const { labelId, trackingCode } = await buy();
    const left = await buy();
    expect(await bench().carrier.track({ labelId, trackingCode })).toBe('created');
    await bench().carrier.voidLabel(labelId);
    await bench().dispatch(left.trackingCode);
    expect([
      await bench().carrier.track({ labelId, trackingCode }),
      await bench().carrier.track(left),
      await bench().carrier.track({ labelId: 'lbl_x', trackingCode: 'NOBODYS' }),
    ]).toEqual(['voided', 'in-transit', 'unknown']);
  });

  it('is unavailable while nobody listens or it fails; the same key buys one label afterwards', async () => {
    const wanted = order();
    const both = async () =>
      (
        await Promise.allSettled([
          ask(wanted),
          bench().carrier.voidLabel('lbl_x'),
          bench().carrier.track({ labelId: 'lbl_x', trackingCode: 'T1' }),
          bench().carrier.labelDocument('lbl_x'),
        ])
      ).map((end) => (end.status === 'rejected' ? (end.reason as unknown) : end.value));
    for (const ends of [await bench().whileFailing(both), await bench().whileAway(both)]) {
      expect(ends).toMatchObject(Array(4).fill({ name: 'Unavailable', system: 'carrier' }));
    }
    await buy(wanted);
    expect(await bench().books(wanted.orderId)).toHaveLength(1);
  });
}

/** Of every key the first draft kept, as the store of shipments keeps them. */
function draftsInMemory(): (key: string) => Drafts {
  const kept = new Map<string, string>();
  return (key) => ({ kept: kept.get(key) ?? null, keep: (draftId) => Promise.resolve(kept.get(key) ?? (kept.set(key, draftId), draftId)) });
}
