import { randomUUID } from 'node:crypto';
import { expecting, guest, newCustomer, staff, type Shopper } from '../client/shopper.js';
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

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const newCode = (): string => `TEST-${randomUUID().slice(0, 8)}`.toUpperCase();
const offer = (promotion: object) => clerk.ask('POST', '/admin/v1/promotions', { title: 'For a test', ...promotion });
const change = (shopper: Shopper, cartId: string, patch: object) => shopper.ask('PATCH', `/v1/carts/${cartId}`, patch);
const loyaltyOf = async (shopper: Shopper): Promise<{ balance: number; pending: number }> => {
  const { balance, pending } = (await shopper.ask('GET', '/v1/loyalty')).body;
  return { balance, pending };
};

/** A cart of two at 19.99 EUR. */
async function filled(shopper: Shopper): Promise<string> {
  const { variantId } = await productOfItsOwn(clerk, 5, 1_999);
  const cartId = await shopper.newCart();
  expecting(201, await shopper.add(cartId, variantId, 2));
  return cartId;
}

async function delivered(shopper: Shopper, orderId: string): Promise<void> {
  const { trackingCode } = await until('a label', async () => (await shopper.order(orderId)).shipments[0]);
  await outside.carrierSays(trackingCode, 'delivered');
  await until('points to spend', async () => (await loyaltyOf(shopper)).pending === 0);
}

describe('a promotion code', () => {
  it('lowers what the order costs and what the bank takes', async () => {
    const shopper = await guest(shop);
    const cartId = await filled(shopper);
    const cart = expecting(200, await change(shopper, cartId, { promotionCode: 'welcome10' })).body;
    expect([cart.promotionCode, cart.subtotal, cart.discount, cart.total]).toEqual(['WELCOME10', eur(3_998), eur(400), eur(3_598)]);
    const order = expecting(201, await shopper.checkout(cartId)).body;
    expect([order.subtotal, order.shipping, order.tax, order.discount, order.total]).toEqual([
      eur(3_998),
      eur(490),
      eur(0),
      eur(400),
      eur(4_088),
    ]);
    expect((await outside.charges(order.id)).map(({ amount }) => amount)).toEqual([eur(4_088)]);
  });

  it('may ship for free', async () => {
    const shopper = await guest(shop);
    const cartId = await filled(shopper);
    await change(shopper, cartId, { promotionCode: 'FREESHIP' });
    expect(expecting(201, await shopper.checkout(cartId)).body).toMatchObject({ shipping: eur(0), discount: eur(0), total: eur(3_998) });
  });

  it('that does nothing is refused, and can be taken off', async () => {
    const shopper = await guest(shop);
    const cartId = await filled(shopper);
    const refused = await change(shopper, cartId, { promotionCode: 'NOBODY-KNOWS-IT' });
    expect([refused.status, refused.body.code, refused.body.errors[0]]).toMatchObject([
      422,
      'promotion-not-valid',
      { pointer: '/promotionCode', code: 'unknown' },
    ]);
    await change(shopper, cartId, { promotionCode: 'WELCOME10' });
    const without = expecting(200, await change(shopper, cartId, { promotionCode: null })).body;
    expect([without.promotionCode, without.discount]).toEqual([undefined, eur(0)]);
  });

  it('that ends before the checkout is no order at another price', async () => {
    const shopper = await guest(shop);
    const [cartId, code] = [await filled(shopper), newCode()];
    const terms = { title: 'Short', effect: { kind: 'amount', amounts: [eur(500)] } };
    expecting(201, await offer({ code, ...terms }));
    const seen = expecting(200, await change(shopper, cartId, { promotionCode: code, shippingOptionId: 'standard' })).body.total;
    expecting(200, await clerk.ask('PUT', `/admin/v1/promotions/${code}`, { ...terms, isActive: false }));
    const refused = await shopper.checkout(cartId, { expectedTotal: seen });
    expect([refused.status, refused.body.code, refused.body.expectedTotal, refused.body.currentTotal]).toEqual([
      409,
      'price-changed',
      eur(3_988),
      eur(4_488),
    ]);
  });

  it('for two orders is used by two, however many buy at the same moment; a cancelled one gives its use back', async () => {
    const code = newCode();
    expecting(201, await offer({ code, effect: { kind: 'percentage', basisPoints: 5_000 }, usageLimit: 2 }));
    const buyers = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const shopper = await guest(shop);
        const cartId = await filled(shopper);
        const patched = await change(shopper, cartId, { promotionCode: code, shippingOptionId: 'standard' });
        return { shopper, cartId, expectedTotal: expecting(200, patched).body.total };
      }),
    );
    const answers = await Promise.all(buyers.map(({ shopper, cartId, expectedTotal }) => shopper.checkout(cartId, { expectedTotal })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    const refusals = answers.flatMap(({ status, body }) => (status === 201 ? [] : [body.code as string])); // whoever is priced after the last use sees another price
    expect([refusals.length, refusals.every((code) => code === 'promotion-not-valid' || code === 'price-changed')]).toEqual([4, true]);
    const used = async () => (await clerk.ask('GET', `/admin/v1/promotions/${code}`)).body.used;
    expect(await used()).toBe(2);
    const winner = answers.findIndex(({ status }) => status === 201);
    expecting(
      200,
      await buyers[winner]!.shopper.ask('POST', `/v1/orders/${answers[winner]!.body.id}/cancel`, {}, { 'idempotency-key': randomUUID() }),
    );
    await until('the use given back', async () => (await used()) === 1);
  });
});

describe('staff', () => {
  it('keeps promotions; nobody else does', async () => {
    const code = newCode();
    const terms = {
      title: 'Three for two',
      effect: { kind: 'buy-x-get-y', buy: 2, get: 1 },
      conditions: { categories: ['kitchen'], minimum: [eur(1_000)] },
      endsAt: '2099-01-01T00:00:00.000Z',
      customerLimit: 1,
    };
    const made = expecting(201, await offer({ code, ...terms })).body;
    expect(made).toMatchObject({ code, ...terms, isActive: true, used: 0 });
    expect((await clerk.ask('GET', `/admin/v1/promotions/${code}`)).body).toEqual(made);
    expect((await clerk.ask('GET', '/admin/v1/promotions?limit=1')).body.data).toEqual([made]);
    expect((await offer({ code, ...terms })).body.code).toBe('promotion-code-taken');
    expect((await offer({ code: newCode(), ...terms, colour: 'red' })).body.code).toBe('validation-failed');
    const stranger = await newCustomer(shop);
    expect((await stranger.ask('GET', '/admin/v1/promotions')).status).toBe(403);
    expect((await clerk.ask('DELETE', `/admin/v1/promotions/${code}`)).status).toBe(204);
    expect((await clerk.ask('GET', `/admin/v1/promotions/${code}`)).status).toBe(404);
  });
});

describe('tax rates', () => {
  it('are read and replaced by staff, as a whole', async () => {
    const rates = expecting(200, await clerk.ask('GET', '/admin/v1/tax-rates')).body;
    expect(rates.data).toContainEqual({ country: 'US', region: 'CA', title: 'Sales tax, California', rate: 72_500, onShipping: false });
    expect(expecting(200, await clerk.ask('PUT', '/admin/v1/tax-rates', rates)).body).toEqual(rates);
    const twice = await clerk.ask('PUT', '/admin/v1/tax-rates', { data: [...rates.data, ...rates.data] });
    expect([twice.status, twice.body.code]).toEqual([400, 'validation-failed']);
    expect((await (await guest(shop)).ask('GET', '/admin/v1/tax-rates')).status).toBe(403);
  });
});

describe('points', () => {
  it('earned by one order pay for a part of the next, and come back when that is cancelled', async () => {
    const shopper = await newCustomer(shop);
    const first = expecting(201, await shopper.checkout(await filled(shopper))).body;
    await until('points', async () => (await loyaltyOf(shopper)).pending === 39);
    await delivered(shopper, first.id);
    expect(await loyaltyOf(shopper)).toEqual({ balance: 39, pending: 0 });

    const cartId = await filled(shopper);
    const tooMany = await change(shopper, cartId, { pointsToRedeem: 40 });
    expect([tooMany.status, tooMany.body.code, tooMany.body.available]).toEqual([422, 'points-not-available', 39]);
    const cart = expecting(200, await change(shopper, cartId, { pointsToRedeem: 39 })).body;
    expect([cart.pointsToRedeem, cart.discount, cart.total]).toEqual([39, eur(39), eur(3_959)]);
    const second = expecting(201, await shopper.checkout(cartId)).body;
    expect([second.discount, second.total, second.loyalty.redeemed]).toEqual([eur(39), eur(4_449), 39]);
    await until('the points spent', async () => (await loyaltyOf(shopper)).balance === 0);

    expecting(200, await shopper.ask('POST', `/v1/orders/${second.id}/cancel`, {}, { 'idempotency-key': randomUUID() }));
    await until('the points back', async () => {
      const { balance, pending } = await loyaltyOf(shopper);
      return balance === 39 && pending === 0;
    });
    const history = await until('both in the history', async () => {
      const told = (await shopper.events(second.id)).filter(({ type }) => /^points.re(deem|turn)ed$/.test(type));
      return told.length === 2 && told;
    });
    expect(history.map(({ type, data }) => [type, data.points])).toEqual([
      ['points.redeemed', 39],
      ['points.returned', 39],
    ]);
    const lines = (await shopper.ask('GET', '/v1/loyalty/transactions')).body.data as { kind: string; points: number }[];
    expect(lines.reduce((sum, { points }) => sum + points, 0)).toBe(39);
  });

  it('are not held twice by two carts of one customer', async () => {
    const shopper = await newCustomer(shop);
    const first = expecting(201, await shopper.checkout(await filled(shopper))).body;
    await until('points', async () => (await loyaltyOf(shopper)).pending === 39);
    await delivered(shopper, first.id);
    const carts = await Promise.all([filled(shopper), filled(shopper)]);
    const totals = await Promise.all(
      carts.map(
        async (cartId) => expecting(200, await change(shopper, cartId, { pointsToRedeem: 39, shippingOptionId: 'standard' })).body.total,
      ),
    );
    const answers = await Promise.all(carts.map((cartId, n) => shopper.checkout(cartId, { expectedTotal: totals[n] })));
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    await until('the points spent once', async () => (await loyaltyOf(shopper)).balance === 0);
  });

  it('are nothing for a guest', async () => {
    const shopper = await guest(shop);
    const refused = await change(shopper, await filled(shopper), { pointsToRedeem: 1 });
    expect([refused.status, refused.body.code]).toEqual([422, 'points-not-available']);
  });
});

describe('where an order goes', () => {
  it('decides on tax and shipping, of cart and order alike', async () => {
    const shopper = await guest(shop);
    const cartId = await filled(shopper);
    const shippingAddress = {
      name: 'Grace Hopper',
      line1: 'Market Street 1',
      city: 'San Francisco',
      postalCode: '94105',
      region: 'CA',
      country: 'US',
    };
    const cart = expecting(
      200,
      await change(shopper, cartId, { email: 'grace@tandem.example', shippingAddress, shippingOptionId: 'standard' }),
    ).body;
    expect([cart.shipping, cart.tax, cart.total]).toEqual([eur(1_490), eur(290), eur(5_778)]); // 39.98 × 7.25 % = 2.90
    const order = await shopper.ask(
      'POST',
      `/v1/carts/${cartId}/checkout`,
      { paymentMethod: 'pm_card_visa', expectedTotal: cart.total },
      { 'idempotency-key': randomUUID() },
    );
    expect([order.status, order.body.tax, order.body.total]).toEqual([201, eur(290), eur(5_778)]);
  });
});
