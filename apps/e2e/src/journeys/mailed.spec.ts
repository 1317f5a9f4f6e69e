import { expecting, guest, staff, type Shopper } from '../client/shopper.js';
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

describe('a mail to an address that does not exist', () => {
  it('is bounced, and goes to the right one when an operator says so, once', async () => {
    const shopper = await guest(shop);
    const { variantId } = await productOfItsOwn(clerk, 1, 1_000);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    const { id } = expecting(201, await shopper.checkout(cartId, { email: `${cartId}@tandem.invalid` })).body;
    const deliveries = async () => expecting(200, await clerk.ask('GET', `/ops/v1/deliveries?orderId=${id}`)).body.data;
    const mail = await until('the bounce', async () => {
      const [first] = await deliveries();
      return first?.status === 'bounced' && first;
    });
    expect(mail).toMatchObject({ kind: 'order.confirmed', to: `${cartId}@tandem.invalid`, because: expect.stringContaining('550') });
    const to = `${cartId}@tandem.example`;
    const resend = (key: string) =>
      clerk.ask('POST', `/ops/v1/deliveries/${mail.id}/resend`, { reason: 'the shopper called', to }, { 'idempotency-key': key });
    expect([(await resend(`${cartId}-1`)).status, (await resend(`${cartId}-1`)).status]).toEqual([202, 202]);
    await until('the mail', async () => (await outside.mails(to)).length > 0);
    const sent = await until('its end', async () => {
      const [first] = await deliveries();
      return first?.status === 'sent' && first;
    });
    expect(sent.resendings).toMatchObject([{ actor: clerk.id, to, reason: 'the shopper called' }]);
    const again = await resend(`${cartId}-2`);
    expect([again.status, again.body.code]).toEqual([409, 'mail-not-resendable']);
    expect(await outside.mails(to)).toHaveLength(1);
  });
});
