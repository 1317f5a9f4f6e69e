import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Caller, hashOf, newUuid, Refusal, scopeOf, toPublicId } from '@tandem/host';
import { pgLocations } from '../adapters/pg-locations.js';
import { defaultLocation } from '../domain/allocation.js';
import { mostOnHand } from '../domain/stock.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { inconsistencies, lineOf, look, replicaOn, variantsWith } from '../spec-shop.js';
import { type Adjustment, AdjustStock } from './adjust-stock.js';

let db: SpecDatabase;
let shop: ReturnType<typeof replicaOn>;

beforeAll(async () => {
  db = await createSpecDatabase();
  shop = replicaOn(db.database);
});
afterEach(async () => expect(await inconsistencies(db)).toEqual([]));
afterAll(() => db.drop());

const callerWith = (idempotencyKey?: string): Caller => ({
  by: { kind: 'service', service: 'spec' },
  requestId: 'r',
  idempotencyKey,
  token: undefined,
  deadline: undefined,
  traceparent: undefined,
  markReplayed: () => undefined,
});

/** The level after an adjustment, or why there was none. */
async function adjust(variantId: string | undefined, quantity: number, key?: string, locationId = defaultLocation): Promise<unknown> {
  const answer = (outcome: Adjustment) => {
    if (outcome.kind === 'stock-would-be-negative')
      throw new Refusal(outcome.kind, { detail: `${outcome.kind}: ${outcome.onHand} on hand, ${outcome.reserved} reserved` });
    if (outcome.kind !== 'adjusted') throw new Refusal('validation-failed', { detail: outcome.kind });
    return { onHand: outcome.level.onHand, reserved: outcome.level.reserved };
  };
  const caller = callerWith(key);
  const scope = scopeOf(caller, hashOf('inventory.AdjustStock', Buffer.from(`${variantId} ${quantity}`)));
  const command = { variantId: variantId ?? '', locationId, quantity, reason: 'counted', causeId: newUuid() };
  return new AdjustStock(db.database, shop.stock, pgLocations(db.database), shop.announce)
    .run(command, { caller, scope, answer })
    .catch((error: unknown) => (error as Refusal).message);
}

describe('adjusting stock', () => {
  it('changes what is on hand, notes why, and tells of it', async () => {
    const [mug] = await variantsWith(shop, 5);
    expect([await adjust(mug, 3), await adjust(mug, -8)]).toEqual([
      { onHand: 8, reserved: 0 },
      { onHand: 0, reserved: 0 },
    ]);
    expect(
      await look(db, "SELECT quantity, reason FROM movement WHERE variant_id = $1 AND kind = 'adjusted' ORDER BY at, quantity DESC", [mug]),
    ).toEqual([
      { quantity: 3, reason: 'counted' },
      { quantity: -8, reason: 'counted' },
    ]);
    const told = await look<{ payload: string }>(db, 'SELECT payload FROM messaging.outbox WHERE key = $1 ORDER BY id', [
      toPublicId('variant', mug ?? ''),
    ]);
    const fact = { variantId: toPublicId('variant', mug ?? ''), because: 'adjusted', at: '2026-01-02T03:04:05.000Z' };
    expect(told.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      { ...fact, onHand: 8, available: 8, availableBefore: 5 },
      { ...fact, onHand: 0, available: 0, availableBefore: 8 },
    ]);
  });

  it('does not take what is reserved, nor pile up more than can be counted, nor invent a variant', async () => {
    const [mug] = await variantsWith(shop, 5);
    await shop.reserve.run({ orderId: newUuid(), lines: [lineOf(mug, 4)], ttlSeconds: 60 });
    expect([await adjust(mug, -2), await adjust(mug, mostOnHand), await adjust(newUuid(), 1), await adjust(mug, -1)]).toEqual([
      'stock-would-be-negative: 5 on hand, 4 reserved',
      'too-much',
      'unknown-variant',
      { onHand: 4, reserved: 4 },
    ]);
  });

  it('happens once per idempotency key, and a refusal leaves the key free', async () => {
    const [mug] = await variantsWith(shop, 1);
    expect([await adjust(mug, -2, 'key'), await adjust(mug, 4), await adjust(mug, -2, 'key'), await adjust(mug, -2, 'key')]).toEqual([
      'stock-would-be-negative: 1 on hand, 0 reserved',
      { onHand: 5, reserved: 0 },
      { onHand: 3, reserved: 0 },
      { onHand: 3, reserved: 0 },
    ]);
  });

  it('and reserving at the same moment never leave less than is reserved', async () => {
    const [mug] = await variantsWith(shop, 20);
    const both = Array.from({ length: 20 }, (_, index) =>
      index % 2 ? adjust(mug, -1) : shop.reserve.run({ orderId: newUuid(), lines: [lineOf(mug, 2)], ttlSeconds: 60 }),
    );
    await Promise.all(both);
    const [level] = await shop.stock.levels([mug ?? '']);
    expect(level && level.reserved <= level.onHand).toBe(true);
  });

  it('is not undone by introducing the variant again', async () => {
    const [mug] = await variantsWith(shop, 20);
    await adjust(mug, -5);
    await shop.introduce.run([{ variantId: mug ?? '', quantity: 99, seats: [], elsewhere: [] }]);
    expect(await shop.stock.levels([mug ?? ''])).toEqual([{ variantId: mug, onHand: 15, reserved: 0, seated: false }]);
  });
});
