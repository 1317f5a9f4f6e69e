import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { inconsistencies, lineOf, look, replicaOn, variantsWith } from '../spec-shop.js';

let db: SpecDatabase;
let shop: ReturnType<typeof replicaOn>;

beforeAll(async () => {
  db = await createSpecDatabase();
  shop = replicaOn(db.database);
});
afterEach(async () => expect(await inconsistencies(db)).toEqual([]));
afterAll(() => db.drop());

const ttlSeconds = 900;
const levelOf = async (variantId: string | undefined): Promise<object | undefined> => {
  const [level] = await shop.stock.levels([variantId ?? '']);
  return level && { onHand: level.onHand, reserved: level.reserved };
};
const statusOf = async (orderId: string): Promise<string | undefined> =>
  (await look<{ status: string }>(db, 'SELECT status FROM reservation WHERE order_id = $1', [orderId]))[0]?.status;
const expire = (orderId: string) =>
  look(db, "UPDATE reservation SET expires_at = now() - interval '1 second' WHERE order_id = $1", [orderId]);
const told = async (variantId: string | undefined): Promise<readonly unknown[]> =>
  (
    await look<{ payload: string }>(db, 'SELECT payload FROM messaging.outbox WHERE key = $1 ORDER BY id', [
      toPublicId('variant', variantId ?? ''),
    ])
  ).map(({ payload }) => JSON.parse(payload) as unknown);

describe('reserving', () => {
  it('holds all lines, adds up lines of one variant, and answers the same again', async () => {
    const [mug, pot] = await variantsWith(shop, 5, 1);
    const order = { orderId: newUuid(), lines: [lineOf(mug, 2), lineOf(pot, 1), lineOf(mug, 1)], ttlSeconds };
    expect(await shop.reserve.run(order)).toEqual({ kind: 'reserved' });
    expect(await shop.reserve.run(order)).toEqual({ kind: 'reserved' });
    expect([await levelOf(mug), await levelOf(pot)]).toEqual([
      { onHand: 5, reserved: 3 },
      { onHand: 1, reserved: 1 },
    ]);
  });

  it('reserves nothing when one line is short, and says what is left; a variant nobody knows counts as none', async () => {
    const [mug, pot] = await variantsWith(shop, 5, 1);
    const lines = [lineOf(mug, 2), lineOf(pot, 2), lineOf(undefined, 1)];
    const orderId = newUuid();
    expect(await shop.reserve.run({ orderId, lines, ttlSeconds })).toEqual({
      kind: 'out-of-stock',
      shortages: [
        { ...lines[1], available: 1 },
        { ...lines[2], available: 0 },
      ],
    });
    expect([await levelOf(mug), await statusOf(orderId)]).toEqual([{ onHand: 5, reserved: 0 }, undefined]);
  });

  it('tells that a variant ran out and that it came back, and nothing in between', async () => {
    const [mug] = await variantsWith(shop, 3);
    const [first, second] = [newUuid(), newUuid()];
    await shop.reserve.run({ orderId: first, lines: [lineOf(mug, 1)], ttlSeconds });
    await shop.reserve.run({ orderId: second, lines: [lineOf(mug, 2)], ttlSeconds });
    await shop.take.run(first);
    await shop.release.run(second);
    const fact = { variantId: toPublicId('variant', mug ?? ''), at: '2026-01-02T03:04:05.000Z' };
    expect(await told(mug)).toEqual([
      { ...fact, onHand: 3, available: 0, availableBefore: 2, because: 'sold-out' },
      { ...fact, onHand: 2, available: 2, availableBefore: 0, because: 'back-in-stock' },
    ]);
  });
});

describe('taking', () => {
  it('sells what is reserved, once', async () => {
    const [mug] = await variantsWith(shop, 5);
    const orderId = newUuid();
    await shop.reserve.run({ orderId, lines: [lineOf(mug, 2)], ttlSeconds });
    expect(await Promise.all(Array.from({ length: 8 }, () => shop.take.run(orderId)))).toEqual(Array(8).fill({ kind: 'taken', parts: [] }));
    expect(await levelOf(mug)).toEqual({ onHand: 3, reserved: 0 });
    expect(await look(db, 'SELECT kind, quantity FROM movement WHERE variant_id = $1 ORDER BY at', [mug])).toEqual([
      { kind: 'introduced', quantity: 5 },
      { kind: 'taken', quantity: -2 },
    ]);
  });

  it('renews an expired hold when stock allows', async () => {
    const [mug] = await variantsWith(shop, 2);
    const orderId = newUuid();
    await shop.reserve.run({ orderId, lines: [lineOf(mug, 2)], ttlSeconds });
    await expire(orderId);
    await shop.sweep.run();
    expect([await statusOf(orderId), await levelOf(mug)]).toEqual(['expired', { onHand: 2, reserved: 0 }]);
    expect(await shop.take.run(orderId)).toEqual({ kind: 'taken', parts: [] });
    expect(await levelOf(mug)).toEqual({ onHand: 0, reserved: 0 });
  });

  it('answers expired when others have it by now, and for orders that never held anything', async () => {
    const [mug] = await variantsWith(shop, 2);
    const orderId = newUuid();
    await shop.reserve.run({ orderId, lines: [lineOf(mug, 2)], ttlSeconds });
    await expire(orderId);
    await shop.sweep.run();
    await shop.reserve.run({ orderId: newUuid(), lines: [lineOf(mug, 1)], ttlSeconds });
    expect([await shop.take.run(orderId), await shop.take.run(newUuid())]).toEqual([{ kind: 'expired' }, { kind: 'expired' }]);
    expect(await levelOf(mug)).toEqual({ onHand: 2, reserved: 1 });
  });

  it('holds an expired order anew when it is reserved again', async () => {
    const [mug] = await variantsWith(shop, 2);
    const order = { orderId: newUuid(), lines: [lineOf(mug, 2)], ttlSeconds };
    await shop.reserve.run(order);
    await expire(order.orderId);
    await shop.sweep.run();
    expect([await shop.reserve.run(order), await statusOf(order.orderId), await levelOf(mug)]).toEqual([
      { kind: 'reserved' },
      'reserved',
      { onHand: 2, reserved: 2 },
    ]);
  });
});

describe('releasing', () => {
  it('gives units back once, and the order stays released', async () => {
    const [mug] = await variantsWith(shop, 2);
    const order = { orderId: newUuid(), lines: [lineOf(mug, 2)], ttlSeconds };
    await shop.reserve.run(order);
    await shop.release.run(order.orderId);
    await shop.release.run(order.orderId);
    expect([await shop.reserve.run(order), await shop.take.run(order.orderId), await levelOf(mug)]).toEqual([
      { kind: 'released' },
      { kind: 'expired' },
      { onHand: 2, reserved: 0 },
    ]);
  });

  it('that comes before the reservation wins', async () => {
    const [mug] = await variantsWith(shop, 2);
    const order = { orderId: newUuid(), lines: [lineOf(mug, 1)], ttlSeconds };
    await shop.release.run(order.orderId);
    expect([await shop.reserve.run(order), await levelOf(mug)]).toEqual([{ kind: 'released' }, { onHand: 2, reserved: 0 }]);
  });

  it('puts sold units back, once, also when the order is cancelled afterwards', async () => {
    const [mug] = await variantsWith(shop, 2);
    const order = { orderId: newUuid(), lines: [lineOf(mug, 1)], ttlSeconds };
    await shop.reserve.run(order);
    await shop.take.run(order.orderId);
    await shop.release.run(order.orderId);
    await shop.release.run(order.orderId);
    await db.database.transaction((tx) => shop.returns.ofCancelled(tx, order.orderId));
    expect([await statusOf(order.orderId), await levelOf(mug)]).toEqual(['taken', { onHand: 2, reserved: 0 }]);
  });
});

describe('an order that is cancelled or refunded', () => {
  const sold = async (quantities: readonly number[], variant: string | undefined) => {
    const order = { orderId: newUuid(), lines: quantities.map((quantity) => lineOf(variant, quantity)), ttlSeconds };
    await shop.reserve.run(order);
    await shop.take.run(order.orderId);
    return order;
  };
  const cancel = (orderId: string) => db.database.transaction((tx) => shop.returns.ofCancelled(tx, orderId));

  it('puts its units back on hand once', async () => {
    const [mug] = await variantsWith(shop, 5);
    const { orderId } = await sold([2, 1], mug);
    await cancel(orderId);
    await cancel(orderId);
    expect(await levelOf(mug)).toEqual({ onHand: 5, reserved: 0 });
  });

  it('returns what a refund names, and the rest when it is cancelled', async () => {
    const [mug] = await variantsWith(shop, 5);
    const { orderId, lines } = await sold([3, 2], mug);
    const refund = (quantity: number) =>
      db.database.transaction((tx) =>
        shop.returns.ofRefunded(tx, { orderId, refundId: newUuid(), lines: [{ lineId: lines[0]?.lineId ?? '', quantity }] }),
      );
    expect([await refund(2), await levelOf(mug)]).toEqual([true, { onHand: 2, reserved: 0 }]);
    expect([await refund(2), await levelOf(mug)]).toEqual([true, { onHand: 3, reserved: 0 }]);
    await cancel(orderId);
    expect(await levelOf(mug)).toEqual({ onHand: 5, reserved: 0 });
  });

  it('only releases when it was never taken, and refuses what comes later', async () => {
    const [mug] = await variantsWith(shop, 5);
    const order = { orderId: newUuid(), lines: [lineOf(mug, 2)], ttlSeconds };
    await shop.reserve.run(order);
    await cancel(order.orderId);
    const unheard = newUuid();
    await cancel(unheard);
    expect([await levelOf(mug), await shop.take.run(order.orderId), await shop.reserve.run({ ...order, orderId: unheard })]).toEqual([
      { onHand: 5, reserved: 0 },
      { kind: 'expired' },
      { kind: 'released' },
    ]);
  });

  it('returns nothing of a refund when nothing was taken', async () => {
    const outcome = await db.database.transaction((tx) =>
      shop.returns.ofRefunded(tx, { orderId: newUuid(), refundId: newUuid(), lines: [{ lineId: newUuid(), quantity: 1 }] }),
    );
    expect(outcome).toBe(false);
  });
});
