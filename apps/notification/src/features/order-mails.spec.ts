import { confirmationMail } from './order-mails.js';
import { messageIdOf, shown } from '../domain/mail.js';
import { renderMail } from '../adapters/render-mail.js';

const order = {
  orderId: 'ord_01h455vb4pex5vsknk084sn02q', number: 'A1B2C3D4', email: 'ada@tandem.example',
  lines: [
    { title: '<script>alert(1)</script> & Co', quantity: 2, total: { amount: 3_998, currency: 'EUR' } },
    { title: 'Kettle', quantity: 1, total: { amount: 1_000, currency: 'EUR' } },
  ],
  shipping: { amount: 490, currency: 'EUR' }, total: { amount: 5_488, currency: 'EUR' },
  shippingAddress: { name: 'Ada', line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
} as unknown as Parameters<typeof confirmationMail>[0];

describe('a mail', () => {
  it('carries what the order says, escaped in HTML and as it is in text', () => {
    const { html, text } = renderMail(confirmationMail(order));
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;&#x2F;script&gt; &amp; Co');
    expect(html).toContain('€54.88');
    expect(text).toContain('2 x <script>alert(1)</script> & Co: €39.98\n1 x Kettle: €10.00\n');
    expect(text).toContain('Total: €54.88');
  });

  it('shows amounts in the digits of their currency', () => {
    expect([shown({ amount: 500, currency: 'JPY' }), shown({ amount: 8_250, currency: 'BHD' }), shown({ amount: -5, currency: 'USD' })]).toEqual(['¥500', 'BHD\u00a08.250', '-$0.05']);
  });

  it('has the same id for the same fact', () => {
    expect(messageIdOf('order.confirmed', 'ord_x')).toBe('<order.confirmed.ord_x@mail.tandem.example>');
    expect(messageIdOf('order.refunded', 'ord_x', 'ref_y')).toBe('<order.refunded.ord_x.ref_y@mail.tandem.example>');
  });
});
