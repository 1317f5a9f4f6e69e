import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid } from '@tandem/host';
import { randomFrom } from '@tandem/kernel/testing';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { hallWith, inconsistencies, lineOf, look, replicaOn, secondLocation, variantAt, variantsWith } from '../spec-shop.js';

let db: SpecDatabase;
let replicas: readonly [ReturnType<typeof replicaOn>, ReturnType<typeof replicaOn>];

beforeAll(async () => {
  db = await createSpecDatabase();
  replicas = [replicaOn(db.database), replicaOn(db.replica())];
});
afterEach(async () => expect(await inconsistencies(db)).toEqual([]));
afterAll(() => db.drop());

const ttlSeconds = 900;
const replicaFor = (index: number) => replicas[index % 2] ?? replicas[0];

/** Throws of a die with that many sides, the same in every run. */
function dice(seed: number): (sides: number) => number {
  const random = randomFrom(seed);
  return (sides) => Math.floor(random() * sides);
}

describe('two replicas of the inventory', () => {
  it.each(Array.from({ length: 10 }, (_, index) => index + 1))('sell 30 units to exactly 30 of 60 buyers at once (round %i)', async () => {
    const [variantId] = await variantsWith(replicas[0], 30);
    const buy = async (index: number): Promise<string> => {
      const orderId = newUuid();
      const { kind } = await replicaFor(index).reserve.run({ orderId, lines: [lineOf(variantId, 1)], ttlSeconds });
      if (kind === 'reserved') await replicaFor(index + 1).take.run(orderId);
      return kind;
    };
    const outcomes = await Promise.all(Array.from({ length: 60 }, (_, index) => buy(index)));
    const counts = {
      reserved: outcomes.filter((kind) => kind === 'reserved').length,
      short: outcomes.filter((kind) => kind === 'out-of-stock').length,
    };
    expect(counts).toEqual({ reserved: 30, short: 30 });
    expect(await replicas[0].stock.levels([variantId ?? ''])).toEqual([{ variantId, onHand: 0, reserved: 0, seated: false }]);
  });

  it('bring the units of 500 abandoned orders back in one sweep of theirs, once the time of these is over', async () => {
    const [variantId] = await variantsWith(replicas[0], 500);
    const reserve = (index: number) => replicaFor(index).reserve.run({ orderId: newUuid(), lines: [lineOf(variantId, 1)], ttlSeconds });
    await Promise.all(Array.from({ length: 500 }, (_, index) => reserve(index)));
    const levels = async () => (await replicas[0].stock.levels([variantId ?? '']))[0]?.reserved;
    const early = await replicas[0].sweep.run();
    expect([early !== undefined && early > 0 && early <= ttlSeconds * 1_000, await levels()]).toEqual([true, 500]);
    await look(db, "UPDATE reservation SET expires_at = now() WHERE status = 'reserved'");
    await Promise.all(replicas.map(({ sweep }) => sweep.run()));
    expect([await replicas[0].sweep.run(), await levels()]).toEqual([undefined, 0]);
  });

  it('do not wait for each other in a circle, whatever the carts, takes, releases, cancels and expiries', async () => {
    const roll = dice(1);
    const variants = await variantsWith(replicas[0], ...Array.from({ length: 8 }, () => 150));
    const shop = async (index: number): Promise<void> => {
      const lines = Array.from({ length: 1 + roll(6) }, () => lineOf(variants[roll(variants.length)], 1 + roll(3)));
      const orderId = newUuid();
      const { reserve, take, release, returns, sweep, database } = replicaFor(index);
      const { kind } = await reserve.run({ orderId, lines, ttlSeconds: 1 + roll(900) });
      if (kind !== 'reserved') return;
      const next = roll(5);
      if (next === 0) await Promise.all([release.run(orderId), take.run(orderId)]);
      if (next === 1) await take.run(orderId);
      if (next === 2) await Promise.all([take.run(orderId), database.transaction((tx) => returns.ofCancelled(tx, orderId))]);
      if (next === 3) await look(db, 'UPDATE reservation SET expires_at = now() WHERE order_id = $1', [orderId]);
      if (next === 4) await reserve.run({ orderId, lines, ttlSeconds });
      if (roll(4) === 0) await sweep.run();
    };
    await Promise.all(Array.from({ length: 300 }, (_, index) => shop(index)));
    expect((await look<{ status: string }>(db, 'SELECT DISTINCT status FROM reservation ORDER BY 1')).map(({ status }) => status)).toEqual([
      'expired',
      'released',
      'reserved',
      'taken',
    ]);
  });

  it('do not wait for each other in a circle over two locations and seats either, 64 at a time', async () => {
    const roll = dice(2);
    const [one, two] = replicas;
    const north = await secondLocation(one);
    const mixed = await Promise.all(Array.from({ length: 5 }, () => variantAt(one, 40, { locationId: north, quantity: 40 })));
    const hall = await hallWith(
      one,
      Array.from({ length: 40 }, (_, index) => `S${index}`),
    );
    const shop = async (index: number): Promise<void> => {
      const goods = Array.from({ length: 1 + roll(5) }, () => lineOf(mixed[roll(mixed.length)], 1 + roll(6)));
      const seats = [...new Set([`S${roll(40)}`, `S${roll(40)}`])];
      const lines = roll(2) === 0 ? goods : [...goods, { ...lineOf(hall, seats.length), seats }];
      const orderId = newUuid();
      const [mine, other] = index % 2 === 0 ? [one, two] : [two, one];
      const { kind } = await mine.reserve.run({ orderId, lines, ttlSeconds });
      if (kind !== 'reserved') return;
      const next = roll(4);
      if (next === 0) await Promise.all([mine.release.run(orderId), other.take.run(orderId)]);
      if (next === 1)
        await Promise.all([mine.take.run(orderId), other.database.transaction((tx) => other.returns.ofCancelled(tx, orderId))]);
      if (next === 2)
        await look(db, 'UPDATE reservation SET expires_at = now() WHERE order_id = $1', [orderId]).then(() => mine.sweep.run());
      if (next === 3) await other.take.run(orderId);
    };
    for (let wave = 0; wave < 6; wave++) await Promise.all(Array.from({ length: 64 }, (_, index) => shop(index)));
    const sold = await look<{ units: number }>(
      db,
      "SELECT -sum(quantity)::int AS units FROM movement WHERE kind = 'taken' AND location_id = $1",
      [north],
    );
    expect(sold[0]?.units).toBeGreaterThan(0);
  });

  it('reserve one order once, however many ask at the same moment', async () => {
    const [variantId] = await variantsWith(replicas[0], 5);
    const order = { orderId: newUuid(), lines: [lineOf(variantId, 3)], ttlSeconds };
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => replicaFor(index).reserve.run(order)));
    expect([new Set(outcomes.map(({ kind }) => kind)), await replicas[0].stock.levels([variantId ?? ''])]).toEqual([
      new Set(['reserved']),
      [{ variantId, onHand: 5, reserved: 3, seated: false }],
    ]);
  });
});
