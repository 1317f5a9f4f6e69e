import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgPointsHolds } from '../adapters/pg-points-holds.js';
import { pgExpiryWarnings, pgPointsExpiry } from '../adapters/pg-points-jobs.js';
import { PgPointsLedger } from '../adapters/pg-points-ledger.js';
import { findRulesIn } from '../adapters/pg-rules.js';
import { earning, releasing, returning } from '../domain/points.js';
import { ExpirePoints } from './expire-points.js';
import { HoldPoints } from './hold-points.js';
import { WarnOfExpiry } from './warn-of-expiry.js';

const start = new Date('2024-01-01T00:00:00Z');
const after = (days: number) => new Date(start.getTime() + days * 86_400_000);

describe('points that are not spent within two years', () => {
  let db: SpecDatabase;
  let ledger: PgPointsLedger;
  let points: HoldPoints;

  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
    ledger = new PgPointsLedger(db.database);
    points = new HoldPoints(db.database, pgPointsHolds(db.database), ledger, db.outbox);
  });
  afterEach(() => db.pool.query('TRUNCATE ledger_entry, points_hold, account'));
  afterAll(() => db.drop());

  const expireOn = (day: number) =>
    new ExpirePoints({
      database: db.database,
      ledger,
      holds: pgPointsHolds(db.database),
      expiry: pgPointsExpiry(db.database),
      findRules: findRulesIn(db.database),
      now: () => after(day),
    }).run();

  async function aCustomer(...lots: [points: bigint, availableOn: number][]) {
    const customerId = newUuid();
    for (const [earned, day] of lots) {
      const orderId = newUuid();
      await db.database.transaction(async (tx) => {
        await ledger.append(tx, { ...earning(earned), orderId, customerId, kind: 'earned', at: after(day) });
        await ledger.append(tx, {
          ...releasing({ pending: earned, available: 0n }),
          orderId,
          customerId,
          kind: 'available',
          at: after(day),
        });
      });
    }
    const lines = async () => (await ledger.linesOf(customerId, 10n ** 9n, 100)).map((line) => [line.kind, line.points]);
    return { customerId, lines, balance: async () => (await ledger.balanceOf(customerId)).available };
  }

  it('end once, and leave a line on the statement', async () => {
    const { lines, balance } = await aCustomer([20n, 0], [30n, 100]);
    expect([await expireOn(730), await expireOn(731), await expireOn(732), await balance()]).toEqual([0n, 20n, 0n, 30n]);
    expect(await lines()).toEqual([
      ['expired', -20n],
      ['earned', 30n],
      ['earned', 20n],
    ]);
  });

  it('are told of a month or more before, not again for a month, and not where they were spent', async () => {
    const warnOn = (day: number) =>
      new WarnOfExpiry({
        database: db.database,
        holds: pgPointsHolds(db.database),
        expiry: pgPointsExpiry(db.database),
        warnings: pgExpiryWarnings,
        findRules: findRulesIn(db.database),
        outbox: db.outbox,
        now: () => after(day),
      }).run();
    const [{ customerId }, spender] = [await aCustomer([20n, 0], [30n, 30], [5n, 400]), await aCustomer([20n, 0])];
    await db.database.transaction((tx) =>
      points.spend(tx, { orderId: newUuid(), customerId: spender.customerId, points: 20n, at: after(1) }),
    );
    expect(await warnOn(669)).toBe(0);
    expect((await Promise.all([warnOn(671), warnOn(671)])).sort()).toEqual([0, 1]);
    expect([await warnOn(690), await warnOn(702), await warnOn(703)]).toEqual([0, 1, 0]);
    const told = (await db.events(toPublicId('customer', customerId))).map(({ type, data }) => [type, data['points'], data['expiresAt']]);
    expect(told).toEqual([
      ['points.expiring.v1', 20, after(730).toISOString()],
      ['points.expiring.v1', 50, after(730).toISOString()],
    ]);
  });

  it('end for everybody, however many there are', async () => {
    const customers = await Promise.all(Array.from({ length: 120 }, () => aCustomer([10n, 0])));
    expect(await expireOn(731)).toBe(1_200n);
    expect(await Promise.all(customers.map(({ balance }) => balance()))).toEqual(Array(120).fill(0n));
  });

  it('end only as far as they were not spent, and not while an order holds them', async () => {
    const { customerId, balance } = await aCustomer([50n, 0]);
    const [bought, buying] = [newUuid(), newUuid()];
    await db.database.transaction((tx) => points.spend(tx, { orderId: bought, customerId, points: 20n, at: after(1) }));
    await points.hold({ orderId: buying, customerId, points: 10n, ttlSeconds: 60 });
    expect([await expireOn(731), await balance()]).toEqual([20n, 10n]);
    await points.release(buying);
    expect([await expireOn(731.5), await balance()]).toEqual([10n, 0n]);
  });

  describe('are looked for', () => {
    const listed = async (day: number) =>
      (await pgPointsExpiry(db.database).candidates({ cutoff: after(day - 730), after: undefined, limit: 100 })).map(
        ({ customerId }) => customerId,
      );
    const pay = async (customerId: string) => {
      const orderId = newUuid();
      await db.database.transaction((tx) => points.spend(tx, { orderId, customerId, points: 20n, at: after(1) }));
      return orderId;
    };

    it('where there may be some, and not again where they ended or were spent, whoever has young ones', async () => {
      const [ended, spent] = [await aCustomer([20n, 0], [30n, 100]), await aCustomer([20n, 0], [30n, 100])];
      await aCustomer([30n, 100]);
      await pay(spent.customerId);
      expect((await listed(731)).sort()).toEqual([ended.customerId, spent.customerId].sort());
      expect([await expireOn(731), await listed(731)]).toEqual([20n, []]);
      expect([(await listed(831)).length, await expireOn(831), await listed(10_000)]).toEqual([3, 90n, []]);
    });

    it('again where an order holds them', async () => {
      const { customerId } = await aCustomer([20n, 0]);
      const orderId = newUuid();
      await points.hold({ orderId, customerId, points: 20n, ttlSeconds: 60 });
      expect([await expireOn(731), await listed(731)]).toEqual([0n, [customerId]]);
      await points.release(orderId);
      expect([await expireOn(731), await listed(731)]).toEqual([20n, []]);
    });

    it('again where they came late or were returned, also by a version that knows of no list', async () => {
      const { customerId } = await aCustomer([20n, 0]);
      const orderId = await pay(customerId);
      expect([await expireOn(731), await listed(731)]).toEqual([0n, []]);
      await db.database.transaction((tx) =>
        ledger.append(tx, { ...returning(20n), orderId, customerId, kind: 'returned', at: after(731) }).then(() => undefined),
      );
      expect([await listed(731), await expireOn(731), await listed(731)]).toEqual([[customerId], 20n, []]);
      const late = newUuid();
      await db.database.transaction(async (tx) => {
        await ledger.append(tx, { ...earning(5n), orderId: late, customerId, kind: 'earned', at: after(0) });
        await ledger.append(tx, {
          ...releasing({ pending: 5n, available: 0n }),
          orderId: late,
          customerId,
          kind: 'available',
          at: after(0),
        });
      });
      expect([await listed(731), await expireOn(731), await listed(731)]).toEqual([[customerId], 5n, []]);
    });

    it('once where nobody has looked yet: rows of the version before', async () => {
      const [old, young] = [await aCustomer([20n, 0]), await aCustomer([30n, 100])];
      await db.pool.query(`UPDATE account SET expires_from = '-infinity'`);
      expect((await listed(731)).sort()).toEqual([old.customerId, young.customerId].sort());
      expect([await expireOn(731), await listed(731), await listed(831)]).toEqual([20n, [], [young.customerId]]);
    });
  });

  it('end once also when two replicas look at the same time', async () => {
    const { balance } = await aCustomer([50n, 0]);
    const ended = await Promise.all([expireOn(731), expireOn(731)]);
    expect([ended.reduce((sum, one) => sum + one, 0n), await balance()]).toEqual([50n, 0n]);
  });
});
