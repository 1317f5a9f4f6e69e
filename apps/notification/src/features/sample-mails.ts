import { amounts } from '../domain/amounts.js';
import type { Mail } from '../domain/mail.js';
import { type NewsItem, type NewsKind, newsKinds } from '../domain/news.js';
import type { Locale } from '../domain/texts/texts.js';
import { newsMail } from './news-mail.js';
import { OrderMails } from './order-mails.js';

const eur = (amount: number) => ({ amount, currency: 'EUR' as const });
const order = {
  orderId: 'ord_01h455vb4pex5vsknk084sn02q',
  number: 'A1B2C3D4',
  customerId: null,
  email: 'ada@tandem.example',
  total: eur(5_083),
};
const lines = [
  { title: 'Stoneware mug', quantity: 2, total: eur(3_998), picture: { url: '/images/1f37a.webp', width: 256, height: 256 } },
  {
    title: 'Concert',
    quantity: 2,
    total: eur(1_000),
    seats: ['A1', 'A2'],
    picture: { url: '/images/1f39f-fe0f.webp', width: 256, height: 256 },
  },
];
const shippingAddress = { name: 'Ada Example', line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const parcel = { carrier: 'sandbox', trackingCode: 'TRK1' };
const newsFacts = { was: eur(2_000), is: eur(1_500), points: 1_200, tier: 'silver', on: '2026-12-24T00:00:00.000Z' };

/** One of every mail that is ever sent, in this language, as an order's events and news would have it written: for the preview and for its tests. */
export function sampleMails(locale: Locale, publicUrl = 'https://shop.example'): readonly Mail[] {
  const mails = new OrderMails(amounts(), publicUrl);
  const of = <Facts>(more: object): Facts => ({ ...order, locale, ...more }) as Facts;
  return [
    mails.confirmed(of({ lines, shipping: eur(490), tax: eur(95), discount: eur(500), shippingAddress })),
    mails.shipped(of({ shipments: [parcel] })),
    mails.delivered(of({})),
    mails.parcelLost(of(parcel)),
    mails.parcelReturned(of(parcel)),
    mails.cancelled(of({ reason: 'customer-request', refund: { amount: eur(1_234_567) } })),
    mails.cancelled(of({ reason: 'payment-timed-out', refund: null })),
    mails.refunded(of({ reason: 'two mugs were broken', amount: eur(1_000) })),
    ...newsKinds.map((kind) => newsMail({ ...newsOf(kind), email: order.email, locale }, { publicUrl, show: amounts() })),
  ];
}

function newsOf(kind: NewsKind): NewsItem {
  if (kind === 'digest')
    return { kind, title: '', slug: '', facts: { items: newsKinds.filter((other) => other !== 'digest').map(newsOf) } };
  return { kind, title: 'Stoneware mug', slug: kind.startsWith('product.') ? 'mug' : '', facts: newsFacts };
}
