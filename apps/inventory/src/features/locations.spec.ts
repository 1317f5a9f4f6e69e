import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid, toPublicId } from '@tandem/host';
import { defaultLocation } from '../domain/allocation.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { inconsistencies, lineOf, look, replicaOn, secondLocation, variantAt, variantsWith } from '../spec-shop.js';

let db: SpecDatabase;
let shop: ReturnType<typeof replicaOn>;
let north: string;

beforeAll(async () => {
  db = await createSpecDatabase();
  shop = replicaOn(db.database);
  north = await secondLocation(shop);
});
afterEach(async () => expect(await inconsistencies(db)).toEqual([]));
afterAll(() => db.drop());

const ttlSeconds = 900;
/** On hand and reserved, at the default location and at the second. */
const countsOf = async (variantId: string) =>
  (await shop.stock.levelsByLocation(variantId)).map(({ onHand, reserved }) => [onHand, reserved]);
const orderOf = (variantId: string, ...quantities: readonly number[]) => ({
  orderId: newUuid(),
  lines: quantities.map((quantity) => lineOf(variantId, quantity)),
  ttlSeconds,
});
const adjust = (variantId: string, quantity: number, locationId = north) =>
  db.database.transaction((tx) => shop.stock.adjust(tx, { variantId, locationId, quantity, reason: 'counted', causeId: newUuid() }));

describe('stock at two locations', () => {
  it('counts as one, and is reserved and sold where it lies', async () => {
    const mug = await variantAt(shop, 3, { locationId: north, quantity: 10 });
    expect(await shop.stock.levels([mug])).toEqual([{ variantId: mug, onHand: 13, reserved: 0, seated: false }]);
    const order = orderOf(mug, 2, 7);
    expect(await shop.reserve.run(order)).toEqual({ kind: 'reserved' });
    expect(await countsOf(mug)).toEqual([
      [3, 2],
      [10, 7],
    ]);
    const [first, second] = order.lines;
    const parts = [
      { lineId: first?.lineId, locationId: defaultLocation, quantity: 2 },
      { lineId: second?.lineId, locationId: north, quantity: 7 },
    ];
    const byLine = (taking: Awaited<ReturnType<typeof shop.take.run>>) =>
      taking.kind === 'taken' ? [...taking.parts].sort((a, b) => a.quantity - b.quantity) : taking;
    expect([byLine(await shop.take.run(order.orderId)), byLine(await shop.take.run(order.orderId))]).toEqual([parts, parts]);
    expect(await countsOf(mug)).toEqual([
      [1, 0],
      [3, 0],
    ]);
  });

  it('is split for a line that no location has alone, and comes back to where it was, part by part', async () => {
    const mug = await variantAt(shop, 3, { locationId: north, quantity: 4 });
    const order = orderOf(mug, 6);
    await shop.reserve.run(order);
    await shop.take.run(order.orderId);
    expect(await countsOf(mug)).toEqual([
      [1, 0],
      [0, 0],
    ]);
    const lineId = order.lines[0]?.lineId ?? '';
    const refund = (quantity: number) =>
      db.database.transaction((tx) =>
        shop.returns.ofRefunded(tx, { orderId: order.orderId, refundId: newUuid(), lines: [{ lineId, quantity }] }),
      );
    await refund(3);
    expect(await countsOf(mug)).toEqual([
      [3, 0],
      [1, 0],
    ]);
    await refund(1);
    await db.database.transaction((tx) => shop.returns.ofCancelled(tx, order.orderId));
    expect(await countsOf(mug)).toEqual([
      [3, 0],
      [4, 0],
    ]);
  });

  it('is short only when all locations together are, and then nothing is held', async () => {
    const mug = await variantAt(shop, 3, { locationId: north, quantity: 4 });
    const order = orderOf(mug, 8);
    expect(await shop.reserve.run(order)).toEqual({ kind: 'out-of-stock', shortages: [{ ...order.lines[0], available: 7 }] });
    expect(await countsOf(mug)).toEqual([
      [3, 0],
      [4, 0],
    ]);
  });

  it('is told to have run out when the last location has, and to be back with the first that has again', async () => {
    const mug = await variantAt(shop, 1, { locationId: north, quantity: 1 });
    const [first, second] = [orderOf(mug, 1), orderOf(mug, 1)];
    await shop.reserve.run(first);
    await shop.reserve.run(second);
    await shop.release.run(first.orderId);
    const told = await look<{ because: string }>(
      db,
      "SELECT payload::json->>'because' AS because FROM messaging.outbox WHERE key = $1 ORDER BY id",
      [toPublicId('variant', mug)],
    );
    expect(told.map(({ because }) => because)).toEqual(['sold-out', 'back-in-stock']);
  });

  it('is held anew where it lies now, when an expired order is taken late', async () => {
    const mug = await variantAt(shop, 2, { locationId: north, quantity: 2 });
    const late = orderOf(mug, 2);
    await shop.reserve.run(late);
    await look(db, "UPDATE reservation SET expires_at = now() - interval '1 second' WHERE order_id = $1", [late.orderId]);
    await shop.sweep.run();
    await shop.reserve.run(orderOf(mug, 1));
    const taking = await shop.take.run(late.orderId);
    expect([taking, await countsOf(mug)]).toEqual([
      { kind: 'taken', parts: [{ lineId: late.lines[0]?.lineId, locationId: north, quantity: 2 }] },
      [
        [2, 1],
        [0, 0],
      ],
    ]);
  });
});

describe('an adjustment', () => {
  it('brings units to a location for the first time, and no further below than is reserved there', async () => {
    const [mug = ''] = await variantsWith(shop, 1);
    expect(await adjust(mug, -1)).toBeUndefined();
    expect([await adjust(mug, 5), await adjust(mug, -6), await adjust(mug, -2)]).toEqual([
      { variantId: mug, onHand: 6, reserved: 0, seated: false },
      undefined,
      { variantId: mug, onHand: 4, reserved: 0, seated: false },
    ]);
    await shop.reserve.run(orderOf(mug, 3));
    expect([await adjust(mug, -1), await countsOf(mug)]).toEqual([
      undefined,
      [
        [1, 0],
        [3, 3],
      ],
    ]);
  });
});
