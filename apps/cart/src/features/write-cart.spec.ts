import { newId, newUuid } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { aCaller, address, openShop, problemOf, wire } from '../spec-shop.js';

let spec: SpecDatabase;
let shop: ReturnType<typeof openShop>;

beforeAll(async () => void (spec = await createSpecDatabase('cart')));
beforeEach(() => void (shop = openShop(spec.database)));
afterAll(() => spec.drop());

const newCart = async (caller = aCaller(), currency = 'EUR') => ({
  caller,
  cart: await shop.keep.create({ currency, locale: 'en' }, caller),
});

describe('a cart', () => {
  it('is made empty, in EUR and English unless told otherwise', async () => {
    const cart = await shop.keep.create({ currency: '', locale: 'xx' }, aCaller());
    const none = wire(0);
    expect(cart).toEqual({
      id: cart.id,
      version: '1',
      status: 'open',
      currency: 'EUR',
      lines: [],
      subtotal: none,
      shipping: none,
      tax: none,
      discount: none,
      total: none,
      locale: 'en',
    });
  });

  it("is offered in the shop's currencies only", async () => {
    expect(await problemOf(shop.keep.create({ currency: 'XAU', locale: 'en' }, aCaller()))).toMatchObject({ code: 'currency-not-offered' });
    expect((await shop.keep.create({ currency: 'BHD', locale: 'fr' }, aCaller())).total).toEqual(wire(0, 'BHD'));
  });

  it('is not found by anybody else, nor under an id that is none', async () => {
    const { cart } = await newCart();
    const stranger = aCaller();
    const variantId = shop.stocked(100, 5);
    for (const cartId of [cart.id, 'cart_nonsense', '', newId('cart')]) {
      expect(await problemOf(shop.keep.get({ cartId }, stranger))).toEqual({ code: 'not-found' });
      expect(await problemOf(shop.lines.add({ cartId, variantId, quantity: 1 }, stranger))).toEqual({ code: 'not-found' });
      expect(await problemOf(shop.update.handle({ cartId, email: 'eve@example.org' }, stranger))).toEqual({ code: 'not-found' });
      expect(await problemOf(shop.keep.options({ cartId }, stranger))).toEqual({ code: 'not-found' });
    }
  });

  it('is priced now: a price that changes shows at once', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(1_999, 5);
    const added = await shop.lines.add({ cartId: cart.id, variantId, quantity: 2 }, caller);
    expect([added.lines[0]?.unitPrice, added.subtotal, added.total]).toEqual([wire(1_999), wire(3_998), wire(3_998)]);
    shop.shelf.set(variantId, { price: 2_100, stock: 5 });
    expect((await shop.keep.get({ cartId: cart.id }, caller)).total).toEqual(wire(4_200));
  });

  it('costs one statement and one call to read, also when an option is chosen', async () => {
    const { caller, cart } = await newCart();
    await shop.lines.add({ cartId: cart.id, variantId: shop.stocked(100, 5), quantity: 1 }, caller);
    const costOf = async () => {
      shop.sql.length = 0;
      shop.calls.clear();
      await shop.keep.get({ cartId: cart.id }, caller);
      return { sql: shop.sql.length, calls: [...shop.calls.keys()] };
    };
    expect(await costOf()).toEqual({ sql: 1, calls: ['quotePrices'] });
    await shop.update.handle({ cartId: cart.id, shippingOptionId: 'standard' }, caller);
    expect(await costOf()).toEqual({ sql: 1, calls: ['quotePrices'] }); // tariffs are kept for some seconds
  });
});

describe('adding a line', () => {
  it('takes two statements, and asks catalog and inventory at the same time', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 5);
    let [waiting, most] = [0, 0];
    shop.hooks.beforeAnswer = async () => {
      most = Math.max(most, (waiting += 1));
      await new Promise((resolve) => setImmediate(resolve));
      waiting -= 1;
    };
    shop.sql.length = 0;
    await shop.lines.add({ cartId: cart.id, variantId, quantity: 1 }, caller);
    expect({ sql: shop.sql.length, most, calls: [...shop.calls] }).toEqual({
      sql: 2,
      most: 2,
      calls: [
        ['quotePrices', 1],
        ['availability', 1],
      ],
    });
  });

  it('raises the line of a variant that is there, never above the stock', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 5);
    const {
      lines: [first],
    } = await shop.lines.add({ cartId: cart.id, variantId, quantity: 2 }, caller);
    const raised = await shop.lines.add({ cartId: cart.id, variantId, quantity: 3 }, caller);
    expect(raised.lines).toEqual([{ ...first, quantity: 5, total: wire(500) }]);
    expect(await problemOf(shop.lines.add({ cartId: cart.id, variantId, quantity: 1 }, caller))).toMatchObject({
      code: 'out-of-stock',
      extensions: { available: 5 },
    });
    expect((await shop.keep.get({ cartId: cart.id }, caller)).version).toBe(raised.version);
  });

  it('refuses variants that are none, and quantities that no line may have', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 5_000);
    const add = (wanted: { variantId?: string; quantity?: number }) =>
      problemOf(shop.lines.add({ cartId: cart.id, variantId, quantity: 1, ...wanted }, caller));
    expect(await add({ variantId: 'var_nonsense' })).toMatchObject({ code: 'unknown-variant', errors: [{ pointer: '/variantId' }] });
    expect(await add({ variantId: newId('variant') })).toMatchObject({
      code: 'unknown-variant',
      errors: [{ pointer: '/variantId', message: 'is no variant that is sold in EUR' }],
    });
    for (const quantity of [0, -1, 1_000])
      expect(await add({ quantity })).toMatchObject({ code: 'validation-failed', errors: [{ pointer: '/quantity' }] });
    await shop.lines.add({ cartId: cart.id, variantId, quantity: 999 }, caller);
    expect(await add({ quantity: 1 })).toMatchObject({ code: 'validation-failed', errors: [{ pointer: '/quantity' }] });
  });

  it('loses none of many that come at the same moment, of one variant or of many', async () => {
    const { caller, cart } = await newCart();
    const one = shop.stocked(100, 500);
    await Promise.all(Array.from({ length: 10 }, () => shop.lines.add({ cartId: cart.id, variantId: one, quantity: 1 }, caller)));
    const many = Array.from({ length: 20 }, (_, n) => shop.stocked(n + 1, 5));
    const replies = await Promise.all(many.map((variantId) => shop.lines.add({ cartId: cart.id, variantId, quantity: 1 }, caller)));
    expect(replies.flatMap(({ lines }) => lines).filter(({ unitPrice }) => unitPrice?.amount === '0')).toEqual([]);
    const { lines, version, total } = await shop.keep.get({ cartId: cart.id }, caller);
    expect({ lines: lines.length, ten: lines[0]?.quantity, version, total }).toEqual({
      lines: 21,
      ten: 10,
      version: '31',
      total: wire(1_000 + 210),
    });
  });

  it('never goes above the stock when many come at the same moment', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 4);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => shop.lines.add({ cartId: cart.id, variantId, quantity: 1 }, caller)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect((await shop.keep.get({ cartId: cart.id }, caller)).lines[0]?.quantity).toBe(4);
  });
});

describe('an idempotency key', () => {
  it('adds once and answers the same again, whatever has happened since', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 5);
    const keyed = aCaller(caller.id, newUuid());
    const request = { cartId: cart.id, variantId, quantity: 1 };
    const first = await shop.lines.add(request, keyed);
    shop.shelf.set(variantId, { price: 1, stock: 0 });
    expect(await shop.lines.add(request, keyed)).toEqual(first);
    expect(keyed.replays.count).toBe(1);
    expect(await problemOf(shop.lines.add({ ...request, quantity: 2 }, keyed))).toMatchObject({ code: 'idempotency-key-reused' });
    expect((await shop.keep.get({ cartId: cart.id }, caller)).lines.map(({ quantity }) => quantity)).toEqual([1]);
  });

  it('keeps a refusal for want of stock, and stays free after any other', async () => {
    const { caller, cart } = await newCart();
    const [scarce, none] = [shop.stocked(100, 1), newId('variant')];
    const [kept, free] = [aCaller(caller.id, newUuid()), aCaller(caller.id, newUuid())];
    expect(await problemOf(shop.lines.add({ cartId: cart.id, variantId: scarce, quantity: 2 }, kept))).toMatchObject({
      code: 'out-of-stock',
    });
    expect(await problemOf(shop.lines.add({ cartId: cart.id, variantId: none, quantity: 1 }, free))).toMatchObject({
      code: 'unknown-variant',
      errors: [{ pointer: '/variantId' }],
    });
    shop.shelf.set(scarce, { price: 100, stock: 9 }).set(none, { price: 100, stock: 9 });
    expect(await problemOf(shop.lines.add({ cartId: cart.id, variantId: scarce, quantity: 2 }, kept))).toMatchObject({
      code: 'out-of-stock',
      extensions: { available: 1 },
    });
    expect((await shop.lines.add({ cartId: cart.id, variantId: none, quantity: 1 }, free)).lines).toHaveLength(1);
  });

  it('makes one cart', async () => {
    const caller = aCaller(undefined, newUuid());
    const first = await shop.keep.create({ currency: 'EUR', locale: 'de' }, caller);
    expect(await shop.keep.create({ currency: 'EUR', locale: 'de' }, caller)).toEqual(first);
  });
});

describe('changing a line', () => {
  it('sets and removes, and does not need inventory to let go', async () => {
    const { caller, cart } = await newCart();
    const {
      lines: [line],
    } = await shop.lines.add({ cartId: cart.id, variantId: shop.stocked(100, 5), quantity: 2 }, caller);
    const lineId = line?.id ?? '';
    expect((await shop.lines.change({ cartId: cart.id, lineId, quantity: 4 }, caller)).total).toEqual(wire(400));
    expect(await problemOf(shop.lines.change({ cartId: cart.id, lineId, quantity: 6 }, caller))).toMatchObject({
      code: 'out-of-stock',
      extensions: { available: 5 },
    });
    shop.calls.clear();
    expect((await shop.lines.change({ cartId: cart.id, lineId, quantity: 0 }, caller)).lines).toEqual([]);
    expect(shop.calls.has('availability')).toBe(false);
    for (const gone of [lineId, newId('line'), 'line_nonsense'])
      expect(await problemOf(shop.lines.change({ cartId: cart.id, lineId: gone, quantity: 1 }, caller))).toMatchObject({
        code: 'not-found',
      });
  });

  it('can mend a cart whose variants are not sold any more, one after the other', async () => {
    const { caller, cart } = await newCart();
    const [a, b, c] = [shop.stocked(100, 5), shop.stocked(200, 5), shop.stocked(400, 5)];
    for (const variantId of [a, b, c]) await shop.lines.add({ cartId: cart.id, variantId, quantity: 1 }, caller);
    shop.shelf.delete(a);
    shop.shelf.delete(b);
    const seen = await shop.keep.get({ cartId: cart.id }, caller);
    expect([seen.total, seen.lines.map(({ variantId, total }) => [variantId, total])]).toEqual([
      wire(400),
      [
        [c, wire(400)],
        [a, wire(0)],
        [b, wire(0)],
      ],
    ]);
    for (const { id } of seen.lines.slice(1)) await shop.lines.change({ cartId: cart.id, lineId: id, quantity: 0 }, caller);
    expect((await shop.keep.get({ cartId: cart.id }, caller)).lines.map(({ variantId }) => variantId)).toEqual([c]);
  });
});

describe('where a cart goes', () => {
  it('is kept field by field and priced with the chosen option', async () => {
    const { caller, cart } = await newCart();
    await shop.lines.add({ cartId: cart.id, variantId: shop.stocked(100, 5), quantity: 1 }, caller);
    await shop.update.handle({ cartId: cart.id, email: 'ada@example.org' }, caller);
    const updated = await shop.update.handle({ cartId: cart.id, shippingAddress: address, shippingOptionId: 'express' }, caller);
    expect(updated).toMatchObject({
      email: 'ada@example.org',
      shippingAddress: address,
      shippingOptionId: 'express',
      shipping: wire(990),
      total: wire(1_090),
    });
    expect(await shop.keep.get({ cartId: cart.id }, caller)).toEqual(updated);
  });

  it('names each field that does not fit, and changes nothing', async () => {
    const { caller, cart } = await newCart();
    const refused = await problemOf(
      shop.update.handle(
        { cartId: cart.id, email: 'not an address', shippingAddress: { ...address, country: 'XX', city: ' ', line1: 'a\0b' } },
        caller,
      ),
    );
    expect((refused['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual([
      '/email',
      '/shippingAddress/city',
      '/shippingAddress/country',
      '/shippingAddress/line1',
    ]);
    expect(await problemOf(shop.update.handle({ cartId: cart.id, shippingOptionId: 'by pigeon' }, caller))).toMatchObject({
      code: 'validation-failed',
      errors: [{ pointer: '/shippingOptionId' }],
    });
    expect(await shop.keep.get({ cartId: cart.id }, caller)).toEqual(cart);
  });

  it("lists the options in the cart's currency", async () => {
    const { caller, cart } = await newCart(aCaller(), 'JPY');
    expect((await shop.keep.options({ cartId: cart.id }, caller)).options.map(({ id, price }) => [id, price])).toEqual([
      ['standard', wire(490, 'JPY')],
      ['express', wire(990, 'JPY')],
    ]);
  });

  it('is answered with its shipping, though the option was chosen while a line was being added', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 5);
    shop.hooks.beforeAnswer = async (name) => {
      if (name !== 'availability') return;
      shop.hooks.beforeAnswer = () => Promise.resolve();
      await shop.update.handle({ cartId: cart.id, shippingOptionId: 'standard' }, caller);
    };
    const added = await shop.lines.add({ cartId: cart.id, variantId, quantity: 1 }, caller);
    expect([added.shippingOptionId, added.shipping, added.total, added.version]).toEqual(['standard', wire(490), wire(590), '3']);
  });
});

describe('an expected version', () => {
  it('that is stale refuses every write and changes nothing', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 5);
    const {
      lines: [line],
      version,
    } = await shop.lines.add({ cartId: cart.id, variantId, quantity: 1, expectedVersion: cart.version }, caller);
    const stale = { cartId: cart.id, expectedVersion: cart.version };
    for (const write of [
      () => shop.lines.add({ ...stale, variantId, quantity: 1 }, caller),
      () => shop.lines.change({ ...stale, lineId: line?.id ?? '', quantity: 2 }, caller),
      () => shop.update.handle({ ...stale, email: 'ada@example.org' }, caller),
    ])
      expect(await problemOf(write())).toEqual({
        code: 'cart-changed',
        detail: 'read the cart again and decide anew, with the ETag it has then',
      });
    expect((await shop.keep.get({ cartId: cart.id }, caller)).version).toBe(version);
  });

  it('lets one of two writers through', async () => {
    const { caller, cart } = await newCart();
    const variantId = shop.stocked(100, 5);
    const add = () => shop.lines.add({ cartId: cart.id, variantId, quantity: 1, expectedVersion: cart.version }, caller);
    const outcomes = await Promise.allSettled([add(), add()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
