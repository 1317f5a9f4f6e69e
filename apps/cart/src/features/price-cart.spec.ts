import { newId, newUuid, uuidOf } from '@tandem/host';
import type { commonV1, OrderConfirmedV1 } from '@tandem/contracts';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { aCaller, address, openShop, problemOf, wire } from '../spec-shop.js';

let spec: SpecDatabase;
let shop: ReturnType<typeof openShop>;

beforeAll(async () => void (spec = await createSpecDatabase('cart')));
beforeEach(() => void (shop = openShop(spec.database)));
afterAll(() => spec.drop());

const order = aCaller();
const whole = { email: 'ada@example.org', shippingAddress: address, shippingOptionId: 'standard' };

async function filled(price = 1_999, picture?: commonV1.Picture) {
  const caller = aCaller();
  const { id } = await shop.keep.create({ currency: 'EUR', locale: 'de' }, caller);
  const variantId = shop.stocked(price, 5, picture ? { picture } : {});
  const {
    lines: [line],
  } = await shop.lines.add({ cartId: id, variantId, quantity: 2 }, caller);
  return { caller, variantId, lineId: line?.id ?? '', asked: { cartId: id, principalId: caller.id } };
}

const confirmed = (cartId: string, orderId: string) =>
  spec.database.transaction((tx) => shop.close.handle({ cartId, orderId } as Partial<OrderConfirmedV1> as OrderConfirmedV1, tx));

describe('the quote of an order', () => {
  it('holds all that an order needs to know, in one answer', async () => {
    const { asked, variantId, lineId } = await filled();
    expect(await shop.price.handle({ ...asked, ...whole }, order)).toEqual({
      cartId: asked.cartId,
      currency: 'EUR',
      locale: 'de',
      email: 'ada@example.org',
      shippingAddress: address,
      shippingOption: { id: 'standard', title: 'standard', price: wire(490), estimatedDays: 3, carrier: 'sandbox', service: 'standard' },
      lines: [
        {
          lineId,
          variantId,
          sku: 'sku 1999',
          title: 'title 1999',
          category: 'things',
          quantity: 2,
          unitPrice: wire(1_999),
          total: wire(3_998),
          discount: wire(0),
          weightGrams: 100,
          seats: [],
        },
      ],
      subtotal: wire(3_998),
      shipping: wire(490),
      tax: wire(0),
      discount: wire(0),
      total: wire(4_488),
    });
  });

  it('shows each line by the picture catalog has of it, where it has one', async () => {
    const picture = { url: '/v1/media/med_1/1-320.jpeg', width: 320, height: 213 };
    const shown = async (given?: commonV1.Picture) =>
      (await shop.price.handle({ ...(await filled(1_999, given)).asked, ...whole }, order)).lines.map((line) => line.picture);
    expect([await shown(picture), await shown()]).toEqual([[picture], [undefined]]);
  });

  it('lays what the request says over what the cart knows, and changes nothing', async () => {
    const { asked, caller } = await filled();
    const cart = await shop.update.handle({ cartId: asked.cartId, ...whole }, caller);
    const quote = await shop.price.handle(
      { ...asked, email: 'other@example.org', shippingOptionId: 'express', customerEmail: 'account@example.org' },
      order,
    );
    expect([quote.email, quote.shippingAddress, quote.shipping]).toEqual(['other@example.org', address, wire(990)]);
    expect(await shop.keep.get({ cartId: asked.cartId }, caller)).toEqual(cart);
  });

  it("takes the account's e-mail last", async () => {
    const { asked } = await filled();
    expect((await shop.price.handle({ ...asked, ...whole, email: undefined, customerEmail: 'account@example.org' }, order)).email).toBe(
      'account@example.org',
    );
  });

  it('names everything that is missing or wrong', async () => {
    const { asked } = await filled();
    const pointers = async (request: object) =>
      ((await problemOf(shop.price.handle({ ...asked, ...request }, order)))['errors'] as { pointer: string }[]).map(
        ({ pointer }) => pointer,
      );
    expect(await pointers({})).toEqual(['/email', '/shippingAddress', '/shippingOptionId']);
    expect(await pointers({ ...whole, shippingOptionId: 'by pigeon' })).toEqual(['/shippingOptionId']);
    expect(await pointers({ ...whole, shippingAddress: { ...address, country: 'Germany' } })).toEqual(['/shippingAddress/country']);
  });

  it("is refused for an empty cart, and for a cart that is somebody else's", async () => {
    const caller = aCaller();
    const { id } = await shop.keep.create({ currency: 'EUR', locale: 'en' }, caller);
    expect(await problemOf(shop.price.handle({ cartId: id, principalId: caller.id, ...whole }, order))).toEqual({
      code: 'cart-empty',
      detail: 'put something into it first',
    });
    expect(await problemOf(shop.price.handle({ cartId: id, principalId: newId('customer'), ...whole }, order))).toEqual({
      code: 'not-found',
    });
    expect(await problemOf(shop.price.handle({ cartId: id, principalId: 'nobody', ...whole }, order))).toEqual({ code: 'not-found' });
  });

  it('is refused, naming the line, when a variant is not sold any more', async () => {
    const { asked, variantId, lineId } = await filled();
    shop.shelf.delete(variantId);
    expect(await problemOf(shop.price.handle({ ...asked, ...whole }, order))).toMatchObject({
      code: 'unknown-variant',
      extensions: { lines: [{ lineId, variantId }] },
    });
  });
});

describe('a confirmed order', () => {
  it('closes its cart once: it can be read, but takes no more writes', async () => {
    const {
      asked: { cartId, principalId },
      caller,
      variantId,
      lineId,
    } = await filled();
    const orderId = newId('order');
    expect(await confirmed(cartId, orderId)).toEqual({ kind: 'done' });
    expect(await confirmed(cartId, newId('order'))).toMatchObject({ kind: 'ignored' });
    expect(await shop.keep.get({ cartId }, caller)).toMatchObject({ status: 'ordered', orderId, version: '3', total: wire(3_998) });
    const refused = { code: 'cart-already-ordered', detail: `it has become ${orderId}; begin another cart`, extensions: { orderId } };
    expect(await problemOf(shop.lines.add({ cartId, variantId, quantity: 1 }, caller))).toEqual(refused);
    expect(await problemOf(shop.lines.change({ cartId, lineId, quantity: 0 }, caller))).toEqual(refused);
    expect(await problemOf(shop.update.handle({ cartId, email: 'ada@example.org' }, caller))).toEqual(refused);
    expect(await problemOf(shop.price.handle({ cartId, principalId, ...whole }, order))).toEqual(refused);
  });

  it('of a cart that is not there is ignored', async () => {
    expect(await confirmed(newId('cart'), newId('order'))).toMatchObject({ kind: 'ignored' });
  });

  it('wins against a write that is under way', async () => {
    const {
      asked: { cartId },
      caller,
    } = await filled();
    const orderId = newId('order');
    shop.hooks.beforeAnswer = async (name) => void (name === 'availability' && (await confirmed(cartId, orderId)));
    expect(await problemOf(shop.lines.add({ cartId, variantId: shop.stocked(1, 5), quantity: 1 }, aCaller(caller.id, newUuid())))).toEqual({
      code: 'cart-already-ordered',
      detail: `it has become ${orderId}; begin another cart`,
      extensions: { orderId },
    });
    expect((await shop.carts.find(uuidOf('cart', cartId)))?.lines).toHaveLength(1);
  });
});
