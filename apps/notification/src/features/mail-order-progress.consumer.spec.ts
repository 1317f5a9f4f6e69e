import type { OrderParcelLostV1, OrderParcelReturnedV1 } from '@tandem/contracts';
import { amounts } from '../domain/amounts.js';
import type { DeliveryFacts } from '../domain/delivery-ledger.js';
import { MailOrderProgressOnOrder } from './mail-order-progress.consumer.js';
import { OrderMails } from './order-mails.js';
import { QueueMail } from './queue-mail.js';

const shipmentId = 'shp_01h455vb4pex5vsknk084sn02q';
const event = {
  orderId: 'ord_01h455vb4pex5vsknk084sn02q',
  number: 'A1B2C3D4',
  customerId: null,
  email: 'ada@tandem.example',
  locale: 'en',
  total: { amount: 1, currency: 'EUR' },
  shipmentId,
  carrier: 'sandbox',
  trackingCode: 'T1',
} as const;

/** Under which source and Message-ID the mail of a parcel is planned. */
async function planned(kind: 'parcelLost' | 'parcelReturned', more: object): Promise<readonly [string, string]> {
  const facts: DeliveryFacts[] = [];
  const plan = (_: unknown, given: DeliveryFacts) => Promise.resolve((facts.push(given), 'queued' as const));
  const consumer = new MailOrderProgressOnOrder(new QueueMail({ plan }), new OrderMails(amounts(), 'https://shop.example'));
  const told = { ...event, ...more } as OrderParcelLostV1 & OrderParcelReturnedV1;
  await consumer[kind](told, undefined as never, { id: '01900000-0000-7000-8000-000000000001', type: 'any' } as never);
  const [{ source, messageId }] = facts as [DeliveryFacts];
  return [source, messageId];
}

describe('the mail of a parcel that went astray', () => {
  it('is one per shipment for the first parcel, as it was before events told parcels apart', async () => {
    for (const kind of ['parcelLost', 'parcelReturned'] as const)
      for (const more of [{}, { isFurther: false }, { trackingCode: 'T2' }]) expect((await planned(kind, more))[0]).toBe(shipmentId);
  });

  it('is one of its own for every further parcel, the same on a repeat, whatever its carrier calls it', async () => {
    const codes = ['T2', 'T3', '<T2>@"evil\\>', 't2'];
    const sources = await Promise.all(
      [...codes, ...codes].map(async (trackingCode) => planned('parcelLost', { trackingCode, isFurther: true })),
    );
    expect(sources.slice(codes.length)).toEqual(sources.slice(0, codes.length));
    expect(new Set([shipmentId, ...sources.map(([source]) => source)]).size).toBe(codes.length + 1);
    for (const [, messageId] of sources) expect(messageId).toMatch(/^<[\w.-]+@mail\.tandem\.example>$/);
  });
});
