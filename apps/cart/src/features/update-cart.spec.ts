import { newId, newUuid } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgPromotions } from '../adapters/pg-promotions.js';
import type { Promotion } from '../domain/pricing/promotion.js';
import { aCaller, address, openShop, problemOf, wire } from '../spec-shop.js';
import { seedPromotions } from './seed-promotions.js';

let spec: SpecDatabase;
let shop: ReturnType<typeof openShop>;

beforeAll(async () => {
  spec = await createSpecDatabase('cart');
  await seedPromotions(spec.database, pgPromotions(spec.database));
});
beforeEach(() => void (shop = openShop(spec.database)));
afterAll(() => spec.drop());

const always = { conditions: {}, startsAt: null, endsAt: null, usageLimit: null, customerLimit: null, isActive: true };
const keep = (promotion: Partial<Promotion> & Pick<Promotion, 'code' | 'effect'>) =>
  spec.database.transaction((tx) => pgPromotions(spec.database).add(tx, { id: newUuid(), title: 'x', ...always, ...promotion }));

async function filled({
  kind = 'guest',
  price = 1_999,
  quantity = 2,
  currency = 'EUR',
  weightGrams = 100,
  category = 'things',
}: { kind?: 'guest' | 'customer'; price?: number; quantity?: number; currency?: string; weightGrams?: number; category?: string } = {}) {
  const caller = aCaller(newId('customer'), undefined, kind);
  const { id: cartId } = await shop.keep.create({ currency, locale: 'en' }, caller);
  await shop.lines.add({ cartId, variantId: shop.stocked(price, 999, { weightGrams, category }), quantity }, caller);
  const quote = () =>
    shop.price.handle(
      { cartId, principalId: caller.id, email: 'ada@example.org', shippingAddress: address, shippingOptionId: 'standard' },
      aCaller(),
    );
  return {
    caller,
    cartId,
    quote,
    update: (change: object) => shop.update.handle({ cartId, ...change }, caller),
    get: () => shop.keep.get({ cartId }, caller),
  };
}

describe('a promotion code', () => {
  it('lowers the price of cart and quote alike, line by line, until it is taken off', async () => {
    const { update, get, quote } = await filled();
    const cart = await update({ promotionCode: ' welcome10 ' });
    expect(cart).toMatchObject({ promotionCode: 'WELCOME10', subtotal: wire(3_998), discount: wire(400), total: wire(3_598) });
    expect(await get()).toEqual(cart);
    expect(await quote()).toMatchObject({
      promotionCode: 'WELCOME10',
      discount: wire(400),
      total: wire(4_088),
      lines: [{ discount: wire(400) }],
    });
    const without = await update({ promotionCode: '' });
    expect([without.promotionCode, without.discount, (await quote()).promotionCode]).toEqual([undefined, wire(0), undefined]);
  });

  it('may ship for free', async () => {
    const { update, quote } = await filled();
    expect(await update({ promotionCode: 'FREESHIP', shippingOptionId: 'standard' })).toMatchObject({
      shipping: wire(0),
      discount: wire(0),
      total: wire(3_998),
    });
    expect(await quote()).toMatchObject({ promotionCode: 'FREESHIP', shipping: wire(0), shippingOption: { price: wire(490) } });
  });

  it('that would do nothing is refused, saying why, and changes nothing', async () => {
    const { update, get } = await filled();
    await keep({ code: 'OLD', effect: { kind: 'free-shipping' }, endsAt: new Date('2020-01-01') });
    await keep({ code: 'BIG', effect: { kind: 'free-shipping' }, conditions: { minimum: { EUR: 3_999n } } });
    const codeOf = async (promotionCode: string) => {
      const { code, errors } = (await problemOf(update({ promotionCode }))) as {
        code: string;
        errors: { pointer: string; code: string }[];
      };
      return [code, errors[0]?.pointer, errors[0]?.code];
    };
    const before = await get();
    expect(await Promise.all(['NOBODY', 'OLD', 'BIG'].map(codeOf))).toEqual(
      ['unknown', 'ended', 'minimum-not-reached'].map((because) => ['promotion-not-valid', '/promotionCode', because]),
    );
    expect(await get()).toEqual(before);
  });

  it('that ends afterwards stays on the cart without an effect, so that the quote is another one', async () => {
    const { update, get, quote } = await filled();
    await keep({ code: 'SHORT', effect: { kind: 'amount', amounts: { EUR: 500n } } });
    await update({ promotionCode: 'SHORT' });
    expect((await quote()).total).toEqual(wire(3_988));
    await spec.pool.query(`UPDATE promotion SET ends_at = now() WHERE code = 'SHORT'`);
    const late = await quote();
    const seen = await get();
    expect([late.total, late.promotionCode, seen.promotionCode, seen.promotionIdle]).toEqual([wire(4_488), undefined, 'SHORT', 'ended']);
  });

  it('costs one statement more to read a cart, and a cart without one nothing', async () => {
    const { update, get } = await filled();
    const costOf = async () => {
      shop.sql.length = 0;
      await get();
      return shop.sql.length;
    };
    const without = await costOf();
    await update({ promotionCode: 'WELCOME10' });
    expect([without, await costOf()]).toEqual([1, 2]);
  });
});

describe('points on a cart', () => {
  it('lower the price by what they are worth, up to what the goods cost', async () => {
    const { caller, update, quote } = await filled({ kind: 'customer' });
    shop.points.set(caller.id, 10_000n);
    expect(await update({ pointsToRedeem: '300' })).toMatchObject({ pointsToRedeem: '300', discount: wire(300), total: wire(3_698) });
    expect(await quote()).toMatchObject({ pointsRedeemed: '300', pointsValue: wire(300), discount: wire(300) });
    await update({ pointsToRedeem: '9000', shippingOptionId: 'standard' });
    expect(await quote()).toMatchObject({ pointsRedeemed: '3998', discount: wire(3_998), total: wire(490) });
    const without = await update({ pointsToRedeem: '0' });
    expect([without.pointsToRedeem, without.discount]).toEqual([undefined, wire(0)]);
  });

  it('are worth ten fils each, and come after a promotion', async () => {
    const { caller, update } = await filled({ kind: 'customer', currency: 'BHD' });
    shop.points.set(caller.id, 1_000n);
    expect(await update({ pointsToRedeem: '20', promotionCode: 'WELCOME10' })).toMatchObject({
      discount: wire(600, 'BHD'),
      total: wire(3_398, 'BHD'),
    });
  });

  it('are refused to guests, and above what there is', async () => {
    const [guest, poor] = [await filled(), await filled({ kind: 'customer' })];
    shop.points.set(poor.caller.id, 299n);
    const refusal = (code: string, available: number) => ({
      code: 'points-not-available',
      extensions: { available },
      errors: [{ pointer: '/pointsToRedeem', code }],
    });
    expect(await problemOf(guest.update({ pointsToRedeem: '1' }))).toMatchObject(refusal('guest', 0));
    expect(await problemOf(poor.update({ pointsToRedeem: '300' }))).toMatchObject(refusal('not-enough', 299));
    shop.points.set(poor.caller.id, -40n);
    expect(await problemOf(poor.update({ pointsToRedeem: '1' }))).toMatchObject({
      ...refusal('not-enough', -40),
      detail: 'none can be redeemed until 40 that are owed have been earned',
    });
    expect(await problemOf(poor.update({ pointsToRedeem: '-1' }))).toMatchObject({
      code: 'validation-failed',
      errors: [{ pointer: '/pointsToRedeem' }],
    });
  });

  it('are not asked about by anybody who wants none', async () => {
    const { update } = await filled({ kind: 'customer' });
    shop.calls.clear();
    await update({ email: 'ada@example.org', pointsToRedeem: '0' });
    expect(shop.calls.has('spendable')).toBe(false);
  });
});

describe('where a cart goes', () => {
  it('decides on the tax that is added', async () => {
    const { update } = await filled({ currency: 'USD' });
    expect(await update({ shippingAddress: { ...address, country: 'US', region: 'CA' } })).toMatchObject({
      tax: wire(290, 'USD'),
      total: wire(4_288, 'USD'),
    }); // 39.98 × 7.25 %
    expect(await update({ shippingAddress: address })).toMatchObject({ tax: wire(0, 'USD') });
  });

  it('knows what is free of tax there', async () => {
    const { update } = await filled({ currency: 'USD', category: 'food' });
    expect(await update({ shippingAddress: { ...address, country: 'US', region: 'CA' } })).toMatchObject({ tax: wire(0, 'USD') });
  });

  it('and what it weighs decide on the shipping', async () => {
    const { update, caller, cartId } = await filled({ weightGrams: 2_501 });
    expect(await update({ shippingOptionId: 'standard' })).toMatchObject({ shipping: wire(980) });
    expect((await shop.keep.options({ cartId }, caller)).options.map(({ id, price }) => [id, price])).toEqual([
      ['standard', wire(980)],
      ['express', wire(1_980)],
    ]);
  });
});
