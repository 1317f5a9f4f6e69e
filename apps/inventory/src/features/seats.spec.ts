import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { hallWith, inconsistencies, look, replicaOn, variantsWith } from '../spec-shop.js';

let db: SpecDatabase;
let shop: ReturnType<typeof replicaOn>;

beforeAll(async () => {
  db = await createSpecDatabase();
  shop = replicaOn(db.database);
});
afterEach(async () => expect(await inconsistencies(db)).toEqual([]));
afterAll(() => db.drop());

const rows = ['A1', 'A2', 'A3', 'A4'];
const picking = (variantId: string, ...seats: readonly string[]) => ({
  orderId: newUuid(),
  lines: [{ lineId: newUuid(), variantId, quantity: seats.length, seats }],
  ttlSeconds: 900,
});
const hallOf = async (variantId: string): Promise<string> =>
  (await shop.stock.seats([variantId])).map(({ label, status }) => `${label} ${status}`).join(', ');
const expire = (orderId: string) =>
  look(db, "UPDATE reservation SET expires_at = now() - interval '1 second' WHERE order_id = $1", [orderId]);

describe('seats', () => {
  it('are held by a reservation, and the buyer’s once they are taken', async () => {
    const hall = await hallWith(shop, rows);
    const order = picking(hall, 'A2', 'A3');
    expect([await shop.reserve.run(order), await hallOf(hall)]).toEqual([{ kind: 'reserved' }, 'A1 free, A2 held, A3 held, A4 free']);
    expect([await shop.take.run(order.orderId), await hallOf(hall)]).toEqual([
      { kind: 'taken', parts: [] },
      'A1 free, A2 sold, A3 sold, A4 free',
    ]);
  });

  it('are lost to whoever was first: named one by one, and nothing of the order is held', async () => {
    const hall = await hallWith(shop, rows);
    await shop.reserve.run(picking(hall, 'A2'));
    const late = picking(hall, 'A1', 'A2', 'Z9');
    expect([await shop.reserve.run(late), await hallOf(hall)]).toEqual([
      { kind: 'out-of-stock', shortages: [{ ...late.lines[0], seats: ['A2', 'Z9'], available: 0 }] },
      'A1 free, A2 held, A3 free, A4 free',
    ]);
  });

  it('cannot be had without naming them, nor be named of what has none', async () => {
    const [hall, [mug = '']] = [await hallWith(shop, rows), await variantsWith(shop, 5)];
    const unnamed = { orderId: newUuid(), lines: [{ lineId: newUuid(), variantId: hall, quantity: 1 }], ttlSeconds: 900 };
    const outcomes = [await shop.reserve.run(unnamed), await shop.reserve.run(picking(mug, 'A1'))];
    expect(outcomes.map(({ kind }) => kind)).toEqual(['out-of-stock', 'out-of-stock']);
  });

  it('become free when the hold expires, and who pays late gets them if nobody else has', async () => {
    const hall = await hallWith(shop, rows);
    const [lucky, unlucky] = [picking(hall, 'A1'), picking(hall, 'A2')];
    for (const order of [lucky, unlucky]) {
      await shop.reserve.run(order);
      await expire(order.orderId);
    }
    await shop.sweep.run();
    expect(await hallOf(hall)).toBe('A1 free, A2 free, A3 free, A4 free');
    await shop.reserve.run(picking(hall, 'A2'));
    expect([await shop.take.run(lucky.orderId), await shop.take.run(unlucky.orderId), await hallOf(hall)]).toEqual([
      { kind: 'taken', parts: [] },
      { kind: 'expired' },
      'A1 sold, A2 held, A3 free, A4 free',
    ]);
  });

  it('come back with a release, a cancel, and a refund: of a line the last ones first', async () => {
    const hall = await hallWith(shop, rows);
    const [released, sold] = [picking(hall, 'A4'), picking(hall, 'A1', 'A2', 'A3')];
    await shop.reserve.run(released);
    await shop.release.run(released.orderId);
    await shop.reserve.run(sold);
    await shop.take.run(sold.orderId);
    const refund = () =>
      db.database.transaction((tx) =>
        shop.returns.ofRefunded(tx, {
          orderId: sold.orderId,
          refundId: newUuid(),
          lines: [{ lineId: sold.lines[0]?.lineId ?? '', quantity: 1 }],
        }),
      );
    await refund();
    expect(await hallOf(hall)).toBe('A1 sold, A2 sold, A3 free, A4 free');
    await refund();
    expect(await hallOf(hall)).toBe('A1 sold, A2 free, A3 free, A4 free');
    await db.database.transaction((tx) => shop.returns.ofCancelled(tx, sold.orderId));
    expect(await hallOf(hall)).toBe('A1 free, A2 free, A3 free, A4 free');
  });

  it('are as many as there are: their number cannot be adjusted', async () => {
    const hall = await hallWith(shop, rows);
    expect(
      await db.database.transaction((tx) =>
        shop.stock.adjust(tx, {
          variantId: hall,
          locationId: '01900000-0000-7000-8000-000000000001',
          quantity: 1,
          reason: 'x',
          causeId: newUuid(),
        }),
      ),
    ).toBeUndefined();
  });
});

describe('100 seats and 300 buyers at two replicas', () => {
  it('make 100 winners, no seat sold twice', async () => {
    const seats = Array.from({ length: 100 }, (_, index) => `S${index + 1}`);
    const hall = await hallWith(shop, seats);
    const replicas = [shop, replicaOn(db.replica())];
    const buy = async (index: number): Promise<string> => {
      const [mine = shop, other = shop] = index % 2 === 0 ? replicas : [...replicas].reverse();
      const order = picking(hall, seats[index % 100] ?? '');
      const { kind } = await mine.reserve.run(order);
      if (kind === 'reserved') await other.take.run(order.orderId);
      return kind;
    };
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, index) => buy(index)));
    expect(outcomes.filter((kind) => kind === 'reserved')).toHaveLength(100);
    const [owners] = await look<{ sold: number; buyers: number }>(
      db,
      'SELECT count(*)::int AS sold, count(DISTINCT order_id)::int AS buyers FROM seat WHERE variant_id = $1 AND order_id IS NOT NULL',
      [hall],
    );
    expect([owners, (await shop.stock.levels([hall]))[0]]).toEqual([
      { sold: 100, buyers: 100 },
      { variantId: hall, onHand: 0, reserved: 0, seated: true },
    ]);
  });
});
