import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgPointsHolds } from '../adapters/pg-points-holds.js';
import { PgPointsLedger } from '../adapters/pg-points-ledger.js';
import { earning, releasing } from '../domain/points.js';
import { HoldPoints } from './hold-points.js';
import { ReturnPoints } from './return-points.js';

const at = new Date('2026-01-02T03:04:05.000Z');

describe('points of a customer that pay', () => {
  let db: SpecDatabase;
  let ledger: PgPointsLedger;
  let points: HoldPoints;
  let returning: ReturnPoints;

  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
    ledger = new PgPointsLedger(db.database);
    const holds = pgPointsHolds(db.database);
    points = new HoldPoints(db.database, holds, ledger, db.outbox);
    returning = new ReturnPoints(ledger, holds, db.outbox);
  });
  afterAll(() => db.drop());

  /** A customer with available points. */
  async function aCustomer(available = 100n) {
    const customerId = newUuid();
    const orderId = newUuid();
    await db.database.transaction(async (tx) => {
      await ledger.append(tx, { ...earning(available), orderId, customerId, kind: 'earned', at });
      await ledger.append(tx, { ...releasing({ pending: available, available: 0n }), orderId, customerId, kind: 'available', at });
    });
    return {
      customerId,
      hold: (order: string, wanted: bigint, ttlSeconds = 60) => points.hold({ orderId: order, customerId, points: wanted, ttlSeconds }),
      spend: (order: string, wanted: bigint) =>
        db.database.transaction((tx) => points.spend(tx, { orderId: order, customerId, points: wanted, at })),
      giveBack: (order: string, source: string, refunded: bigint | 'all') =>
        db.database.transaction((tx) =>
          returning.run(tx, {
            orderId: order,
            source,
            share: refunded === 'all' ? 'all' : { before: 0n, refunded, total: 1_000n, isFull: false },
            at,
          }),
        ),
      spendable: () => points.spendableOf(customerId),
      balance: async () => (await ledger.balanceOf(customerId)).available,
    };
  }

  it('are held once per order, and renewed when asked again', async () => {
    const { hold, spendable, balance } = await aCustomer();
    const orderId = newUuid();
    expect([await hold(orderId, 60n), await hold(orderId, 60n)]).toEqual([
      { kind: 'held', spendable: 40n },
      { kind: 'held', spendable: 40n },
    ]);
    expect([await spendable(), await balance()]).toEqual([40n, 100n]);
  });

  it('are never held twice, however many orders ask at the same moment', async () => {
    const { hold, spendable } = await aCustomer();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => hold(newUuid(), 30n)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([...Array(3).fill('held'), ...Array(5).fill('insufficient')]);
    expect(await spendable()).toBe(10n);
  });

  it('come back when the time is over, by the clock of the database', async () => {
    const { hold, spendable } = await aCustomer();
    const orderId = newUuid();
    await hold(orderId, 60n);
    await db.pool.query(`UPDATE points_hold SET expires_at = now() - interval '1 s' WHERE order_id = $1`, [orderId]);
    expect([await spendable(), await hold(orderId, 100n)]).toEqual([100n, { kind: 'held', spendable: 0n }]);
  });

  it('that are released are free, and the order gets none any more, whichever came first', async () => {
    const { hold, spendable } = await aCustomer();
    const [before, after] = [newUuid(), newUuid()];
    await hold(before, 60n);
    await points.release(before);
    await points.release(after);
    expect([await spendable(), (await hold(before, 1n)).kind, (await hold(after, 1n)).kind]).toEqual([100n, 'released', 'released']);
  });

  it('are spent once, and stay spent whatever is asked for later', async () => {
    const { hold, spend, spendable, balance } = await aCustomer();
    const orderId = newUuid();
    await hold(orderId, 60n);
    expect([await spend(orderId, 60n), await spend(orderId, 60n)]).toEqual([true, false]);
    await points.release(orderId);
    expect([await hold(orderId, 60n), await spendable(), await balance()]).toEqual([{ kind: 'held', spendable: 40n }, 40n, 40n]);
  });

  it('may be spent below zero when the hold had run out; then nothing can be held', async () => {
    const { hold, spend, spendable } = await aCustomer();
    await spend(newUuid(), 60n);
    await spend(newUuid(), 60n);
    expect([await spendable(), await hold(newUuid(), 1n)]).toEqual([-20n, { kind: 'insufficient', spendable: -20n }]);
  });

  it('go back by share with a refund, and all of them with a cancellation, each once', async () => {
    const { spend, giveBack, balance } = await aCustomer();
    const orderId = newUuid();
    await spend(orderId, 61n);
    expect([await giveBack(orderId, 'ref_1', 500n), await giveBack(orderId, 'ref_1', 500n), await balance()]).toEqual([true, false, 69n]);
    expect([await giveBack(orderId, '', 'all'), await giveBack(orderId, '', 'all'), await balance()]).toEqual([true, false, 100n]);
    const told = (await db.events(toPublicId('order', orderId))).map(({ type, data }) => [type, data['points']]);
    expect(told).toEqual([
      ['points.redeemed.v1', 61],
      ['points.returned.v1', 30],
      ['points.returned.v1', 31],
    ]);
  });

  const holdsOf = async (orderId: string) => (await db.pool.query('SELECT state FROM points_hold WHERE order_id = $1', [orderId])).rows;

  it('come free when their order is cancelled; an order without points leaves no trace', async () => {
    const { hold, giveBack, spendable } = await aCustomer();
    const [orderId, plain] = [newUuid(), newUuid()];
    await hold(orderId, 60n);
    await giveBack(orderId, '', 'all');
    await giveBack(plain, '', 'all');
    expect([await spendable(), await holdsOf(orderId), await holdsOf(plain)]).toEqual([100n, [{ state: 'released' }], []]);
  });

  it('are forgotten after a month where an order released them without a hold, and nowhere else', async () => {
    const { spend } = await aCustomer();
    const [spent, old, fresh] = [newUuid(), newUuid(), newUuid()];
    await spend(spent, 60n);
    await points.release(old);
    await points.release(fresh);
    await db.pool.query(`UPDATE points_hold SET created_at = now() - interval '31 days' WHERE order_id IN ($1, $2)`, [spent, old]);
    await points.forget();
    expect([await holdsOf(spent), await holdsOf(old), await holdsOf(fresh)]).toEqual([[{ state: 'spent' }], [], [{ state: 'released' }]]);
  });
});
