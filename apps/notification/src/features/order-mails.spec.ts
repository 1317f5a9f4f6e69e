import { renderMail } from '../adapters/render-mail.js';
import { amounts } from '../domain/amounts.js';
import { messageIdOf } from '../domain/mail.js';
import { texts } from '../domain/texts/index.js';
import { type Locale, locales } from '../domain/texts/texts.js';
import { OrderMails } from './order-mails.js';

const eur = (amount: number) => ({ amount, currency: 'EUR' as const });
const facts = {
  orderId: 'ord_01h455vb4pex5vsknk084sn02q',
  number: 'A1B2C3D4',
  customerId: null,
  email: 'ada@tandem.example',
  total: eur(5_488),
};
const confirmed = {
  ...facts,
  locale: 'en' as Locale,
  lines: [
    { title: '<script>alert(1)</script> & Co {{total}} {number}', quantity: 2, total: eur(3_998) },
    { title: 'Kettle', quantity: 1, total: eur(1_000) },
  ],
  shipping: eur(490),
  tax: eur(0),
  discount: eur(0),
  shippingAddress: { name: 'Ada <b>', line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
} as unknown as Parameters<OrderMails['confirmed']>[0];

const mails = new OrderMails(amounts(), 'https://shop.example');

describe('a mail', () => {
  it('carries what the order says, escaped in HTML and as it is in text', () => {
    const { html, text } = renderMail(mails.confirmed(confirmed));
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;&#x2F;script&gt; &amp; Co {{total}} {number}');
    expect(html).toContain('<span dir="auto">Ada &lt;b&gt;</span>');
    expect(text).toContain('It goes to:\nAda <b>\nExample Street 1\n10115 Berlin\nGermany\n');
    expect(html).toContain('€54.88');
    expect(text).toContain('2 x <script>alert(1)</script> & Co {{total}} {number}: €39.98\n1 x Kettle: €10.00\n');
    expect(text).toContain('Shipping: €4.90\nTotal: €54.88');
  });

  it('shows a line beside its picture, in HTML, and reads the same without one', () => {
    const url = '/v1/media/med_01h455vb4pex5vsknk084sn02q/1-320.jpeg';
    const lines = confirmed.lines.map((line, n) => (n === 0 ? { ...line, picture: { url, width: 320, height: 213 } } : line));
    const [pictured, bare] = [renderMail(mails.confirmed({ ...confirmed, lines })), renderMail(mails.confirmed(confirmed))];
    expect(pictured.html.match(/<img[^>]*>/g)).toEqual([
      expect.stringMatching(
        /src="https:&#x2F;&#x2F;shop\.example&#x2F;v1&#x2F;media&#x2F;[^"<>]+jpeg" width="56" height="37" alt="&lt;script&gt;[^"<>]+"/,
      ),
    ]);
    expect(bare.html).not.toContain('<img');
    expect(pictured.text).toBe(bare.text);
  });

  it('names the seats of a ticket', () => {
    const ticket = { ...confirmed, lines: confirmed.lines.slice(1).map((line) => ({ ...line, title: 'Concert', seats: ['A1', 'A2'] })) };
    expect(
      (['de', 'en', 'fr'] as const).map((locale) => renderMail(mails.confirmed({ ...ticket, locale })).text.match(/Concert.*\)/)?.[0]),
    ).toEqual(['Concert (Plätze: A1, A2)', 'Concert (Seats: A1, A2)', 'Concert (Places: A1, A2)']);
  });

  it('names tax and discount where there are some', () => {
    expect(renderMail(mails.confirmed({ ...confirmed, tax: eur(95), discount: eur(500) })).text).toContain(
      'Shipping: €4.90\nTax: €0.95\nDiscount: -€5.00\nTotal: €54.88',
    );
  });

  it('has the same parts in every language', () => {
    const partsOf = (locale: Locale) =>
      Object.entries(texts[locale].mails).map(([kind, parts]) => [
        kind,
        Object.entries(parts).map(([part, text]) => [part, text.match(/\{\w+\}/g)?.sort() ?? []]),
      ]);
    expect(partsOf('de')).toEqual(partsOf('en'));
    expect(partsOf('fr')).toEqual(partsOf('en'));
    expect(locales.map((locale) => Object.keys(texts[locale].reasons))).toEqual(locales.map(() => Object.keys(texts.en.reasons)));
  });

  it('says why in the shopper’s language, and a shopper’s own words as they are', () => {
    const cancelled = (locale: Locale, reason: string) =>
      renderMail(mails.cancelled({ ...facts, locale, reason, refund: null } as unknown as Parameters<OrderMails['cancelled']>[0])).text;
    expect(cancelled('de', 'out-of-stock')).toContain('Grund: nicht mehr auf Lager.\nDir wurde nichts berechnet.');
    expect(cancelled('fr', 'toString {amount}')).toContain('Motif : toString {amount}.\nRien ne vous a été facturé.');
  });

  it('does not tell somebody who has paid that nothing was charged, when all of it was refunded before', () => {
    const cancelled = (wasConfirmed: boolean, amount: number) =>
      renderMail(mails.cancelled({ ...facts, locale: 'en', reason: 'customer', refund: null, wasConfirmed, total: eur(amount) } as never))
        .text;
    expect(cancelled(true, 500)).toContain('What you paid is refunded already or on its way to you');
    expect([cancelled(true, 0), cancelled(false, 500)]).toEqual([
      expect.stringContaining('You have not been charged.'),
      expect.stringContaining('You have not been charged.'),
    ]);
  });

  it('leads to where each parcel is, whatever its carrier calls it', () => {
    const shipments = [
      { carrier: 'sandbox', trackingCode: 'T1' },
      { carrier: 'sandbox', trackingCode: 'a/b?"><' },
    ];
    const { html, text } = renderMail(mails.shipped({ ...facts, locale: 'en', shipments } as never));
    const [first, odd] = ['https://shop.example/v1/tracking/T1', 'https://shop.example/v1/tracking/a%2Fb%3F%22%3E%3C'];
    expect(text).toContain(`sandbox: T1\n${first}\nsandbox: a/b?"><\n${odd}\n`);
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href?.replaceAll('&#x2F;', '/'))).toEqual([first, odd]);
  });

  it('about a parcel that went astray names its carrier and its code, and what comes next', () => {
    const parcel = { ...facts, locale: 'en', carrier: 'sandbox <1>', trackingCode: 'TRK&1' };
    const [lost, returned] = [mails.parcelLost(parcel as never), mails.parcelReturned(parcel as never)];
    expect([lost.subject, returned.subject]).toEqual([
      'A parcel of your order A1B2C3D4 is lost',
      'A parcel of your order A1B2C3D4 is coming back to us',
    ]);
    expect(renderMail(lost).text.split('\n').slice(2, -4)).toEqual([
      'We are sorry: the carrier reports it as lost. We are looking into it and will',
      'write to you.',
      '',
      'sandbox <1>: TRK&1',
    ]);
    expect(renderMail(returned).text.split('\n').slice(2, -4)).toEqual([
      'The carrier is bringing it back. We will get in touch about what happens next.',
      '',
      'sandbox <1>: TRK&1',
    ]);
    for (const mail of [lost, returned]) expect(renderMail(mail).html).toContain('sandbox &lt;1&gt;: TRK&amp;1');
  });

  it('shows amounts in the digits of their currency and the way of their language', () => {
    const show = amounts();
    expect([
      show('en', { amount: 500, currency: 'JPY' }),
      show('en', { amount: 8_250, currency: 'BHD' }),
      show('en', { amount: -5, currency: 'USD' }),
    ]).toEqual(['¥500', 'BHD\u00a08.250', '-$0.05']);
    expect([show('de', eur(123_456)), show('fr', eur(123_456)), show('fr', { amount: 500, currency: 'JPY' })]).toEqual([
      '1.234,56\u00a0€',
      '1\u202f234,56\u00a0€',
      '500\u00a0JPY',
    ]);
    expect(show('en', eur(Number.MAX_SAFE_INTEGER))).toBe('€90,071,992,547,409.91');
  });

  it('has the same id for the same fact', () => {
    expect(messageIdOf('order.confirmed', 'ord_x')).toBe('<order.confirmed.ord_x@mail.tandem.example>');
    expect(messageIdOf('order.refunded', 'ord_x', 'ref_y')).toBe('<order.refunded.ord_x.ref_y@mail.tandem.example>');
  });
});
