import type { OrderConfirmedV1 } from '@tandem/contracts';
import { newId, PeerUnavailable } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { aCaller, openShop, problemOf } from '../spec-shop.js';

let spec: SpecDatabase;
let shop: ReturnType<typeof openShop>;

beforeAll(async () => void (spec = await createSpecDatabase('cart')));
beforeEach(() => void (shop = openShop(spec.database)));
afterAll(() => spec.drop());

const storefront = aCaller();
type Who = ReturnType<typeof aCaller>;

async function cartOf(caller: Who, lines: readonly (readonly [string, number])[] = [], currency = 'EUR'): Promise<string> {
  const { id } = await shop.keep.create({ currency, locale: 'en' }, caller);
  for (const [variantId, quantity] of lines) await shop.lines.add({ cartId: id, variantId, quantity }, caller);
  return id;
}

const linesOf = async (cartId: string, caller: Who) =>
  (await shop.keep.get({ cartId }, caller)).lines.map(({ variantId, quantity }) => [variantId, quantity]);
const adopt = (guest: Who, customer: Who) => shop.adopt.handle({ guestId: guest.id, customerId: customer.id }, storefront);
const people = () => ({ guest: aCaller(), customer: aCaller() });

describe('a guest who signs in', () => {
  it("keeps the cart under its id; the guest's token does not find it any more", async () => {
    const { guest, customer } = people();
    const variantId = shop.stocked(100, 5);
    const cartId = await cartOf(guest, [[variantId, 2]]);
    await adopt(guest, customer);
    expect(await linesOf(cartId, customer)).toEqual([[variantId, 2]]);
    expect(await problemOf(shop.keep.get({ cartId }, guest))).toEqual({ code: 'not-found' });
    expect(await problemOf(shop.lines.add({ cartId, variantId, quantity: 1 }, guest))).toEqual({ code: 'not-found' });
  });

  it("finds the older cart's lines in it, added, capped by the stock and by 999; the older cart is gone", async () => {
    const { guest, customer } = people();
    const [both, scarce, plenty, only] = [shop.stocked(1, 50), shop.stocked(1, 5), shop.stocked(1, 5_000), shop.stocked(1, 9)];
    const older = await cartOf(customer, [
      [both, 3],
      [scarce, 4],
      [plenty, 600],
      [only, 1],
    ]);
    const cartId = await cartOf(guest, [
      [scarce, 3],
      [both, 2],
      [plenty, 600],
    ]);
    await adopt(guest, customer);
    expect(await linesOf(cartId, customer)).toEqual([
      [scarce, 5],
      [both, 5],
      [plenty, 999],
      [only, 1],
    ]);
    expect(await problemOf(shop.keep.get({ cartId: older }, customer))).toEqual({ code: 'not-found' });
  });

  it('gets it once, however often and from wherever it is asked', async () => {
    const { guest, customer } = people();
    const variantId = shop.stocked(1, 50);
    await cartOf(customer, [[variantId, 3]]);
    const cartId = await cartOf(guest, [[variantId, 2]]);
    await Promise.all(Array.from({ length: 5 }, () => adopt(guest, customer)));
    await adopt(guest, customer);
    expect(await linesOf(cartId, customer)).toEqual([[variantId, 5]]);
  });

  it('keeps all carts, and only the newest takes in the older one of its currency', async () => {
    const { guest, customer } = people();
    const [a, b, c] = [shop.stocked(1, 50), shop.stocked(1, 50), shop.stocked(1, 50)];
    const yen = await cartOf(customer, [[c, 1]], 'JPY');
    const older = await cartOf(customer, [[a, 1]]);
    const empty = await cartOf(customer);
    const [first, newest] = [await cartOf(guest, [[a, 1]]), await cartOf(guest, [[b, 1]])];
    const more = await Promise.all(Array.from({ length: 25 }, () => cartOf(guest)));
    const last = await cartOf(guest, [[b, 2]]);
    await adopt(guest, customer);
    expect(await linesOf(last, customer)).toEqual([
      [b, 2],
      [a, 1],
    ]);
    expect([
      await linesOf(first, customer),
      await linesOf(newest, customer),
      await linesOf(yen, customer),
      await linesOf(empty, customer),
    ]).toEqual([[[a, 1]], [[b, 1]], [[c, 1]], []]);
    for (const cartId of more) expect(await linesOf(cartId, customer)).toEqual([]);
    expect(await problemOf(shop.keep.get({ cartId: older }, customer))).toEqual({ code: 'not-found' });
  });

  it('does not wait for inventory when there is nothing to merge', async () => {
    const { guest, customer } = people();
    const cartId = await cartOf(guest, [[shop.stocked(1, 5), 1]]);
    shop.hooks.beforeAnswer = (name) =>
      name === 'availability' ? Promise.reject(new PeerUnavailable('inventory', 14)) : Promise.resolve();
    await adopt(guest, customer);
    expect(await linesOf(cartId, customer)).toHaveLength(1);
  });

  it('changes nothing at all when inventory is needed and away', async () => {
    const { guest, customer } = people();
    const variantId = shop.stocked(1, 5);
    const [older, cartId] = [await cartOf(customer, [[variantId, 1]]), await cartOf(guest, [[variantId, 1]])];
    shop.hooks.beforeAnswer = (name) =>
      name === 'availability' ? Promise.reject(new PeerUnavailable('inventory', 14)) : Promise.resolve();
    await expect(adopt(guest, customer)).rejects.toThrow(PeerUnavailable);
    expect([await linesOf(cartId, guest), await linesOf(older, customer)]).toEqual([[[variantId, 1]], [[variantId, 1]]]);
  });

  it('leaves what was bought with the guest', async () => {
    const { guest, customer } = people();
    const cartId = await cartOf(guest, [[shop.stocked(1, 5), 1]]);
    await spec.database.transaction((tx) =>
      shop.close.handle({ cartId, orderId: newId('order') } as Partial<OrderConfirmedV1> as OrderConfirmedV1, tx),
    );
    const open = await cartOf(guest);
    await adopt(guest, customer);
    expect([(await shop.keep.get({ cartId }, guest)).status, (await shop.keep.get({ cartId: open }, customer)).status]).toEqual([
      'ordered',
      'open',
    ]);
    expect(await problemOf(shop.keep.get({ cartId }, customer))).toEqual({ code: 'not-found' });
  });

  it('loses nothing that goes into the older cart at the same moment', async () => {
    const { guest, customer } = people();
    const [known, late] = [shop.stocked(1, 50), shop.stocked(1, 50)];
    const older = await cartOf(customer, [[known, 1]]);
    const cartId = await cartOf(guest, [[known, 1]]);
    shop.hooks.beforeAnswer = async (name) => {
      if (name !== 'availability') return;
      shop.hooks.beforeAnswer = () => Promise.resolve();
      await shop.lines.add({ cartId: older, variantId: late, quantity: 2 }, customer);
    };
    await adopt(guest, customer);
    expect(await linesOf(cartId, customer)).toEqual([
      [known, 2],
      [late, 2],
    ]);
  });

  it('who is nobody new, or whose ids are none, changes nothing', async () => {
    const { guest } = people();
    const cartId = await cartOf(guest, [[shop.stocked(1, 5), 1]]);
    await adopt(guest, guest);
    expect(await linesOf(cartId, guest)).toHaveLength(1);
    expect(await problemOf(shop.adopt.handle({ guestId: 'x', customerId: guest.id }, storefront))).toEqual({ code: 'not-found' });
  });
});
