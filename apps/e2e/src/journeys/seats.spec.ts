import { expecting, guest, newCustomer, type Shopper, staff } from '../client/shopper.js';
import { until } from '../client/until.js';
import { hallOfItsOwn, productOfItsOwn } from '../client/world.js';
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

type Hall = { readonly id: string; readonly variantId: string };

const hallWith = (...seats: readonly string[]): Promise<Hall> => hallOfItsOwn(clerk, seats);

const pick = (shopper: Shopper, cartId: string, variantId: string, seats: readonly string[], quantity = seats.length) =>
  shopper.ask('POST', `/v1/carts/${cartId}/lines`, { variantId, quantity, ...(seats.length > 0 ? { seats } : {}) });

/** Somebody with these seats in a cart. */
async function picked({ variantId }: Hall, seats: readonly string[], shopper?: Shopper): Promise<{ shopper: Shopper; cartId: string }> {
  const buyer = shopper ?? (await guest(shop));
  const cartId = await buyer.newCart();
  expecting(201, await pick(buyer, cartId, variantId, seats));
  return { shopper: buyer, cartId };
}

const seatsOf = async ({ id }: Hall): Promise<Record<string, string>> =>
  Object.fromEntries(
    expecting(200, await shop('GET', `/v1/products/${id}/seats`)).body.data.map(({ seat, status }: { seat: string; status: string }) => [
      seat,
      status,
    ]),
  );

describe('an event with seats', () => {
  it('is in the seed, with 100 of them', async () => {
    const { data } = expecting(200, await shop('GET', '/v1/products/chamber-concert/seats')).body;
    expect(data).toHaveLength(100);
    expect([data[0].seat, data[99].seat]).toEqual(['A1', 'J10']);
  });

  it('is picked, paid for, and the ticket is in the order and its mail; a cancel gives the seats back', async () => {
    const hall = await hallWith('A1', 'A2', 'A3');
    const { shopper, cartId } = await picked(hall, ['A2'], await newCustomer(shop));
    const both = expecting(201, await pick(shopper, cartId, hall.variantId, ['A3'])).body;
    expect(both.lines).toEqual([expect.objectContaining({ quantity: 2, seats: ['A2', 'A3'], total: { amount: 9_000, currency: 'EUR' } })]);
    expect(await seatsOf(hall)).toEqual({ A1: 'free', A2: 'free', A3: 'free' });
    const email = `seats-${cartId.slice(-8)}@tandem.example`;
    const { body: order } = expecting(201, await shopper.checkout(cartId, { email }));
    expect(order.lines).toEqual([expect.objectContaining({ quantity: 2, seats: ['A2', 'A3'] })]);
    expect((await shopper.order(order.id)).lines[0].seats).toEqual(['A2', 'A3']);
    expect(await seatsOf(hall)).toEqual({ A1: 'free', A2: 'sold', A3: 'sold' });
    const mail = await until('the mail', async () => (await outside.mails(email))[0]);
    expect((await outside.mail(mail.id)).text).toMatch(/A2, A3/);
    expecting(200, await shopper.ask('POST', `/v1/orders/${order.id}/cancel`, {}, { 'idempotency-key': order.id }));
    await until('the seats are free', async () => (await seatsOf(hall))['A2'] === 'free');
  });

  it('wants as many seats as units, each free, and none of what has no seats', async () => {
    const hall = await hallWith('A1', 'A2');
    const { shopper, cartId } = await picked(hall, ['A1']);
    const wrong = [
      await pick(shopper, cartId, hall.variantId, ['A2'], 2),
      await pick(shopper, cartId, hall.variantId, [], 1),
      await pick(shopper, cartId, hall.variantId, ['A1']),
      await pick(shopper, cartId, hall.variantId, ['A2', 'A2']),
    ];
    expect(wrong.map(({ status, body }) => [status, body.errors?.[0]?.pointer])).toEqual(Array(4).fill([400, '/seats']));
    const unknown = await pick(shopper, cartId, hall.variantId, ['Z9']);
    expect([unknown.status, unknown.body.code, unknown.body.seats]).toEqual([409, 'seats-taken', ['Z9']]);
    const { body: goods } = await shop('GET', '/v1/products/parlour-guitar');
    expect((await pick(shopper, cartId, goods.variants[0].id, ['A1'])).status).toBe(400);
    expect((await shop('GET', '/v1/products/parlour-guitar/seats')).body).toEqual({ data: [] });
  });

  it('has one winner for one seat, and says which seat is gone', async () => {
    const hall = await hallWith('A1');
    const buyers = await Promise.all(Array.from({ length: 6 }, () => picked(hall, ['A1'])));
    const answers = await Promise.all(buyers.map(({ shopper, cartId }) => shopper.checkout(cartId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const lost = answers.find(({ status }) => status === 409);
    expect(lost?.body).toMatchObject({ code: 'seats-taken', lines: [{ variantId: hall.variantId, seats: ['A1'] }] });
    expect(await seatsOf(hall)).toEqual({ A1: 'sold' });
  });

  it('is held while the shopper is at the bank, and free again when that fails', async () => {
    const hall = await hallWith('A1', 'A2');
    const { shopper, cartId } = await picked(hall, ['A1']);
    const { body: waiting } = expecting(202, await shopper.checkout(cartId, { paymentMethod: 'pm_card_3ds' }));
    expect(await seatsOf(hall)).toEqual({ A1: 'held', A2: 'free' });
    const other = await guest(shop);
    const refused = await pick(other, await other.newCart(), hall.variantId, ['A1']);
    expect([refused.status, refused.body.code]).toEqual([409, 'seats-taken']);
    await sandbox('POST', new URL(waiting.nextAction.url).pathname, { body: { outcome: 'fail' } });
    await until('the seat is free', async () => (await seatsOf(hall))['A1'] === 'free');
    expecting(201, await other.checkout((await picked(hall, ['A1'], other)).cartId));
    expect(await seatsOf(hall)).toEqual({ A1: 'sold', A2: 'free' });
  });
});

describe('stock at two locations', () => {
  it('is one number for shoppers, and one parcel a location for shipping', async () => {
    const { id: locationId } = expecting(
      201,
      await clerk.ask('POST', '/admin/v1/locations', { name: `Test ${Math.random().toString(36).slice(2)}` }),
    ).body;
    const { variantId } = await productOfItsOwn(clerk, 2);
    const added = expecting(
      201,
      await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, locationId, quantity: 3, reason: 'moved' }),
    ).body;
    expect(added).toEqual({ variantId, onHand: 5, reserved: 0, available: 5 });
    const shopper = await guest(shop);
    const cartId = await shopper.newCart();
    expecting(201, await shopper.add(cartId, variantId, 4));
    const { body: order } = expecting(201, await shopper.checkout(cartId));
    const { body: level } = expecting(200, await clerk.ask('GET', `/admin/v1/variants/${variantId}/stock`));
    expect([level.onHand, level.locations.map(({ onHand }: { onHand: number }) => onHand)]).toEqual([1, [1, 0]]);
    const shipment = await until('the shipment', async () =>
      (await shopper.ask('GET', `/v1/orders/${order.id}/shipments`)).body.data?.find(
        ({ status }: { status: string }) => status === 'created',
      ),
    );
    expect(shipment.parcels).toHaveLength(2);
  });
});
