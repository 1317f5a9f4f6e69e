import { pgAccountTiers } from '../adapters/pg-account-lock.js';
import { newUuid } from '@tandem/host';
import { aLatch, createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import type { Database } from '@tandem/kernel';
import { pgPointsHolds } from '../adapters/pg-points-holds.js';
import { pgPointsExpiry, pgPointsReleases } from '../adapters/pg-points-jobs.js';
import { PgPointsLedger } from '../adapters/pg-points-ledger.js';
import { findRulesIn } from '../adapters/pg-rules.js';
import { earning, releasing } from '../domain/points.js';
import { pointsUnderTest } from '../testing/points-under-test.js';
import { ExpirePoints } from './expire-points.js';
import { ReleasePoints } from './release-points.js';

const at = new Date('2026-01-02T03:04:05.000Z');
const muchLater = new Date('2029-01-02T03:04:05.000Z');

describe('what takes points back', () => {
  let db: SpecDatabase;
  let ledger: PgPointsLedger;

  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
    ledger = new PgPointsLedger(db.database);
  });
  afterEach(() => db.pool.query('TRUNCATE ledger_entry, points_release, account'));
  afterAll(() => db.drop());

  /** A database whose transactions have done their work and stay open until `end`. */
  function heldOpen() {
    const [worked, end] = [aLatch(), aLatch()];
    const database: Database = {
      query: (statement, values) => db.database.query(statement, values),
      transaction: (work) =>
        db.database.transaction(async (tx) => {
          const result = await work(tx);
          worked.open();
          await end.opened;
          return result;
        }),
    };
    return { database, worked: worked.opened, end: end.open };
  }

  async function anOrder() {
    const [orderId, customerId] = [newUuid(), newUuid()];
    await db.database.transaction((tx) => ledger.append(tx, { ...earning(100n), orderId, customerId, kind: 'earned', at }));
    return { orderId, customerId };
  }

  const releaseOf = (database: Database, returnDays = 14) =>
    new ReleasePoints({
      database,
      ledger,
      tiers: pgAccountTiers(db.database),
      findRules: findRulesIn(db.database),
      releases: pgPointsReleases,
      outbox: db.outbox,
      now: () => muchLater,
      returnDays,
    });
  const refundIn = (database: Database, orderId: string) => {
    const share = { before: 0n, refunded: 1_000n, total: 1_000n, isFull: true };
    return database.transaction((tx) => pointsUnderTest(db).reversing.run(tx, { orderId, source: 'ref_1', share, at }));
  };
  /** Runs `other` while `running` is open; lets that end once the other has either passed it or waits for it. */
  async function beside<One, Other>(
    { running, worked, end }: { running: Promise<One>; worked: Promise<void>; end: () => void },
    other: () => Promise<Other>,
  ): Promise<[One, Other]> {
    await worked;
    let isOver = false;
    const going = other().finally(() => (isOver = true));
    const waiting = async () =>
      (await db.pool.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).rows.length;
    await eventually(
      async () => isOver || (await waiting()) > 0,
      (holds) => holds,
    ).finally(end);
    return Promise.all([running, going]);
  }

  it('waits for the release of the same order, and finds the points where that has put them', async () => {
    const { orderId, customerId } = await anOrder();
    await db.database.transaction((tx) => releaseOf(db.database).delivered(tx, orderId, at));
    const { database, ...latches } = heldOpen();
    await beside({ running: releaseOf(database).due(), ...latches }, () => refundIn(db.database, orderId));
    expect(await ledger.balanceOf(customerId)).toEqual({ pending: 0n, available: 0n });
  });

  it('waits for the expiry of the same points, and takes none a second time', async () => {
    const { orderId, customerId } = await anOrder();
    await db.database.transaction((tx) =>
      ledger.append(tx, { ...releasing({ pending: 100n, available: 0n }), orderId, customerId, kind: 'available', at }),
    );
    const { database, ...latches } = heldOpen();
    const expiring = new ExpirePoints({
      database,
      ledger,
      holds: pgPointsHolds(db.database),
      expiry: pgPointsExpiry(db.database),
      findRules: findRulesIn(db.database),
      now: () => muchLater,
    });
    await beside({ running: expiring.run(), ...latches }, () => refundIn(db.database, orderId));
    expect(await ledger.balanceOf(customerId)).toEqual({ pending: 0n, available: 0n });
  });

  it('comes first, and leaves the release nothing', async () => {
    const { orderId, customerId } = await anOrder();
    const { database, ...latches } = heldOpen();
    const delivering = () => db.database.transaction((tx) => releaseOf(db.database, 0).delivered(tx, orderId, at));
    expect(await beside({ running: refundIn(database, orderId), ...latches }, delivering)).toEqual([
      { kind: 'reversed' },
      { kind: 'nothing-pending' },
    ]);
    expect(await ledger.balanceOf(customerId)).toEqual({ pending: 0n, available: 0n });
  });

  it('leaves batches a common order: releases are taken customer by customer', async () => {
    const [one, two] = [newUuid(), newUuid()].sort() as [string, string];
    const orders = await db.database.transaction(async (tx) => {
      const made = [two, one, two, one].map((customerId, n) => ({ orderId: newUuid(), customerId, dueAt: new Date(at.getTime() + n) }));
      for (const { dueAt, ...order } of made) {
        await ledger.append(tx, { ...earning(100n), ...order, kind: 'earned', at });
        await pgPointsReleases.plan(tx, order.orderId, dueAt);
      }
      return made;
    });
    const taken = await db.database.transaction((tx) => pgPointsReleases.takeDue(tx, muchLater, 100));
    expect(taken.map((orderId) => orders.find((order) => order.orderId === orderId)?.customerId)).toEqual([one, one, two, two]);
  });
});
