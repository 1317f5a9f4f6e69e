import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { uuidOf } from '@tandem/host';
import { aCaller, openShop, problemOf } from '../spec-shop.js';

let db: SpecDatabase;
let shop: ReturnType<typeof openShop>;

beforeAll(async () => {
  db = await createSpecDatabase('cart');
  shop = openShop(db.database);
});
afterAll(() => db.drop());

const freeSeats = ['A1', 'A2', 'A3'];

async function newCart(caller = aCaller()) {
  return { caller, cartId: (await shop.keep.create({ currency: 'EUR', locale: 'en' }, caller)).id };
}

describe('seats of a cart', () => {
  it('are picked, added to, and picked anew', async () => {
    const [hall, { caller, cartId }] = [shop.stocked(4_500, 3, { freeSeats }), await newCart()];
    await shop.lines.add({ cartId, variantId: hall, quantity: 1, seats: ['A1'] }, caller);
    const {
      lines: [line],
    } = await shop.lines.add({ cartId, variantId: hall, quantity: 1, seats: ['A3'] }, caller);
    expect([line?.quantity, line?.seats]).toEqual([2, ['A1', 'A3']]);
    const changed = await shop.lines.change({ cartId, lineId: line?.id ?? '', quantity: 1, seats: ['A2'] }, caller);
    expect([changed.lines[0]?.seats, (await shop.keep.get({ cartId }, caller)).lines[0]?.seats]).toEqual([['A2'], ['A2']]);
    expect((await shop.lines.change({ cartId, lineId: line?.id ?? '', quantity: 0 }, caller)).lines).toEqual([]);
  });

  it('are in the quote of its order', async () => {
    const [hall, { caller, cartId }] = [shop.stocked(4_500, 3, { freeSeats }), await newCart()];
    await shop.lines.add({ cartId, variantId: hall, quantity: 2, seats: ['A2', 'A1'] }, caller);
    const address = { name: 'Ada', line1: 'Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
    const quote = await shop.price.handle(
      { cartId, principalId: caller.id, email: 'ada@example.org', shippingAddress: address, shippingOptionId: 'standard' },
      caller,
    );
    expect(quote.lines.map(({ quantity, seats }) => [quantity, seats])).toEqual([[2, ['A2', 'A1']]]);
  });

  it('are refused when they are not free, not as many as units, there already, or of something without seats', async () => {
    const [hall, mug, { caller, cartId }] = [shop.stocked(4_500, 3, { freeSeats }), shop.stocked(100, 5), await newCart()];
    await shop.lines.add({ cartId, variantId: hall, quantity: 1, seats: ['A1'] }, caller);
    const add = (quantity: number, seats: string[], variantId = hall) =>
      problemOf(shop.lines.add({ cartId, variantId, quantity, seats }, caller));
    expect(await add(2, ['A2', 'Z9'])).toEqual({ code: 'seats-taken', detail: 'not free: Z9', extensions: { seats: ['Z9'] } });
    const pointers = await Promise.all([add(2, ['A2']), add(1, []), add(1, ['A1']), add(1, ['A2'], mug)]);
    expect(pointers.map(({ errors }) => (errors as { pointer: string }[])[0]?.pointer)).toEqual(['/seats', '/seats', '/seats', '/seats']);
  });

  it('of two carts of one person are joined, each once', async () => {
    const hall = shop.stocked(4_500, 3, { freeSeats });
    const [guest, customer] = [await newCart(), await newCart(aCaller(undefined, undefined, 'customer'))];
    await shop.lines.add({ cartId: guest.cartId, variantId: hall, quantity: 2, seats: ['A1', 'A2'] }, guest.caller);
    await shop.lines.add({ cartId: customer.cartId, variantId: hall, quantity: 2, seats: ['A2', 'A3'] }, customer.caller);
    await shop.adopt.handle({ guestId: guest.caller.id, customerId: customer.caller.id }, guest.caller);
    const joined = await shop.carts.find(uuidOf('cart', guest.cartId));
    expect(joined?.lines.map(({ quantity, seats }) => [quantity, seats])).toEqual([[3, ['A1', 'A2', 'A3']]]);
  });

  it('cost goods without seats no question', async () => {
    const [mug, { caller, cartId }] = [shop.stocked(100, 5), await newCart()];
    shop.calls.clear();
    await shop.lines.add({ cartId, variantId: mug, quantity: 1 }, caller);
    expect(shop.calls.has('listSeats')).toBe(false);
  });
});
