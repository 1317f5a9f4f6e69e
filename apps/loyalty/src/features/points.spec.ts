import { createDatabase, createLogger, createPool, newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgAccountTiers } from '../adapters/pg-account-lock.js';
import { pgPointsReleases } from '../adapters/pg-points-jobs.js';
import { pgAuditFacts } from '../adapters/pg-audit-facts.js';
import { PgPointsLedger } from '../adapters/pg-points-ledger.js';
import { findRulesIn } from '../adapters/pg-rules.js';
import { pointsUnderTest } from '../testing/points-under-test.js';
import { ReadPoints } from './read-points.js';
import { ReleasePoints } from './release-points.js';
import type { Reversal } from './reverse-points.js';

const now = new Date('2026-01-02T03:04:05.000Z');

describe('points of an order', () => {
  let db: SpecDatabase;
  let ledger: PgPointsLedger;
  let reading: ReadPoints;
  let findRules: ReturnType<typeof findRulesIn>;
  const releasePoints = (returnDays: number, at = now) =>
    new ReleasePoints({
      database: db.database,
      ledger,
      tiers: pgAccountTiers(db.database),
      findRules,
      releases: pgPointsReleases,
      outbox: db.outbox,
      now: () => at,
      returnDays,
    });

  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
    ledger = new PgPointsLedger(db.database);
    findRules = findRulesIn(db.database);
    reading = new ReadPoints(ledger, findRules, () => now);
  });
  afterAll(() => db.drop());

  /** A customer of its own, and what can happen to its orders. */
  const aCustomer = () => {
    const customerId = newUuid();
    const [awarding, releasing, reversing] = [
      pointsUnderTest(db, { now: () => now }).awarding,
      releasePoints(0),
      pointsUnderTest(db, { now: () => now }).reversing,
    ];
    return {
      customerId,
      award: (orderId: string, minor = 5_199n, confirmedAt = now) =>
        db.database.transaction((tx) =>
          awarding.run(tx, { orderId, customerId, currency: 'EUR', goods: [{ category: 'home', minor }], tier: undefined, confirmedAt }),
        ),
      deliver: (orderId: string) => db.database.transaction((tx) => releasing.delivered(tx, orderId, now)),
      reverse: (orderId: string, source: string, share: Reversal['share']) =>
        db.database.transaction((tx) => reversing.run(tx, { orderId, source, share, at: now })),
      account: async () => {
        const { balance, pending } = await reading.account(customerId);
        return { balance, pending };
      },
      lines: async () => (await reading.lines(customerId, { before: null, limit: 100 })).lines.map(({ kind, points }) => [kind, points]),
    };
  };
  const eventsOf = async (orderId: string) =>
    (await db.events(toPublicId('order', orderId))).map(({ type, data }) => [type, data['points']]);
  const half = { before: 0n, refunded: 500n, total: 1_000n, isFull: false };

  it('are awarded once, pending, and told of', async () => {
    const { award, account, lines } = aCustomer();
    const orderId = newUuid();
    const outcomes = await Promise.all([award(orderId), award(orderId)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already-awarded', 'awarded']);
    expect([await account(), await lines(), await eventsOf(orderId)]).toEqual([
      { balance: 0n, pending: 51n },
      [['earned', 51n]],
      [['points.awarded.v1', 51]],
    ]);
  });

  it('say which tier they led to, once, when they become available', async () => {
    const { award, deliver } = aCustomer();
    const orders = [newUuid(), newUuid(), newUuid()];
    for (const orderId of orders) await award(orderId, 30_000n);
    for (const orderId of orders) await deliver(orderId);
    const told = await Promise.all(
      orders.map(async (orderId) =>
        (await db.events(toPublicId('order', orderId)))
          .filter(({ type }) => type === 'points.available.v1')
          .map(({ data }) => data['tierReached']),
      ),
    );
    expect(told).toEqual([['silver'], [undefined], [undefined]]);
  });

  it('are none for less than a unit', async () => {
    const { award, lines } = aCustomer();
    expect([await award(newUuid(), 99n), await lines()]).toEqual([{ kind: 'no-points' }, []]);
  });

  it('become available once when it is delivered; that is no line of the statement', async () => {
    const { award, deliver, account, lines } = aCustomer();
    const orderId = newUuid();
    await award(orderId);
    expect([await deliver(orderId), await deliver(orderId)]).toEqual([{ kind: 'released' }, { kind: 'nothing-pending' }]);
    expect([await account(), await lines()]).toEqual([{ balance: 51n, pending: 0n }, [['earned', 51n]]]);
    expect(await eventsOf(orderId)).toEqual([
      ['points.awarded.v1', 51],
      ['points.available.v1', 51],
    ]);
  });

  it('sum to nothing once it is cancelled, delivered or not, however often that is said', async () => {
    const { award, deliver, reverse, account, lines } = aCustomer();
    const [pending, delivered] = [newUuid(), newUuid()];
    await award(pending);
    await award(delivered);
    await deliver(delivered);
    for (const orderId of [pending, delivered]) {
      expect([await reverse(orderId, '', 'all'), await reverse(orderId, '', 'all')]).toEqual([
        { kind: 'reversed' },
        { kind: 'nothing-to-reverse' },
      ]);
    }
    expect(await account()).toEqual({ balance: 0n, pending: 0n });
    expect((await lines()).reduce((total, [, points]) => total + (points as bigint), 0n)).toBe(0n);
    expect(await eventsOf(pending)).toEqual([
      ['points.awarded.v1', 51],
      ['points.reversed.v1', 51],
    ]);
  });

  it('go back by share with each refund, and wholly with the last', async () => {
    const { award, reverse, account } = aCustomer();
    const [orderId, first] = [newUuid(), 'ref_1'];
    await award(orderId);
    await reverse(orderId, first, half);
    await reverse(orderId, first, half);
    expect(await account()).toEqual({ balance: 0n, pending: 26n });
    await reverse(orderId, 'ref_2', { ...half, before: 500n, isFull: true });
    expect(await account()).toEqual({ balance: 0n, pending: 0n });
    expect(await eventsOf(orderId)).toEqual([
      ['points.awarded.v1', 51],
      ['points.reversed.v1', 25],
      ['points.reversed.v1', 26],
    ]);
  });

  it('that a refund left over become available, no more', async () => {
    const { award, deliver, reverse, account } = aCustomer();
    const orderId = newUuid();
    await award(orderId);
    await reverse(orderId, 'ref_1', half);
    await deliver(orderId);
    expect(await account()).toEqual({ balance: 26n, pending: 0n });
    await reverse(orderId, '', 'all');
    expect(await account()).toEqual({ balance: 0n, pending: 0n });
  });

  it('of an order that earned none are not reversed', async () => {
    const { reverse, lines } = aCustomer();
    expect([await reverse(newUuid(), '', 'all'), await lines()]).toEqual([{ kind: 'nothing-to-reverse' }, []]);
  });

  it('count towards a tier while they are kept: an order that went back lifts nobody', async () => {
    const { customerId, award, reverse } = aCustomer();
    const orderId = newUuid();
    await award(orderId, 60_000n);
    expect((await reading.account(customerId)).tier).toBe('silver');
    await reverse(orderId, '', 'all');
    expect((await reading.account(customerId)).tier).toBe('bronze');
  });

  it('count towards a tier for a year', async () => {
    const { customerId, award } = aCustomer();
    const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
    await award(newUuid(), 40_000n, daysAgo(366));
    await award(newUuid(), 30_000n, daysAgo(364));
    await award(newUuid(), 20_000n, daysAgo(1));
    expect(await reading.account(customerId)).toMatchObject({
      pending: 900n,
      tier: 'silver',
      next: { tier: 'gold', pointsMissing: 1_500n },
    });
  });

  it('wait for the end of the return window, and are not released twice by two that look at the same time', async () => {
    const { award, account } = aCustomer();
    const orderId = newUuid();
    await award(orderId);
    const deliver = () => db.database.transaction((tx) => releasePoints(14).delivered(tx, orderId, now));
    expect([await deliver(), await deliver()]).toEqual([{ kind: 'planned' }, { kind: 'planned' }]);
    const dueIn = (days: number) => releasePoints(14, new Date(now.getTime() + days * 86_400_000)).due();
    await dueIn(13.99);
    expect(await account()).toEqual({ balance: 0n, pending: 51n });
    await Promise.all([dueIn(14), dueIn(14)]);
    expect(await account()).toEqual({ balance: 51n, pending: 0n });
  });

  it('note by which rules they were earned', async () => {
    const { award } = aCustomer();
    const orderId = newUuid();
    await award(orderId);
    const { rows } = await db.pool.query('SELECT rule_version, tier FROM ledger_entry WHERE order_id = $1', [orderId]);
    expect(rows).toEqual([{ rule_version: 1, tier: 'bronze' }]);
  });

  it('are awarded on the connection of their transaction, by a pool that has no second one', async () => {
    const pool = createPool(db.url, 1, createLogger('loyalty-spec', 'silent'));
    const database = createDatabase(pool);
    const rules = findRulesIn(database);
    const weighed: typeof rules = async (at, tx) => ({ ...(await rules(at, tx)), tierPercent: new Map([['bronze', 200]]) });
    const { awarding } = pointsUnderTest({ ...db, database }, { findRules: weighed });
    const order = {
      orderId: newUuid(),
      customerId: newUuid(),
      currency: 'EUR' as const,
      goods: [{ category: 'home', minor: 5_199n }],
      tier: undefined,
      confirmedAt: now,
    };
    const outcome = database.transaction((tx) => awarding.run(tx, order)).finally(() => pool.end());
    expect(await outcome).toEqual({ kind: 'awarded', points: 103n });
  });

  it('are listed newest first, page by page, none twice', async () => {
    const { customerId, award, lines } = aCustomer();
    for (const minor of [100n, 200n, 300n, 400n, 500n]) await award(newUuid(), minor);
    const paged: unknown[] = [];
    for (let before: bigint | null | undefined = null; before !== undefined;) {
      const page = await reading.lines(customerId, { before, limit: 2 });
      paged.push(...page.lines.map(({ kind, points }) => [kind, points]));
      before = page.next ?? undefined;
    }
    expect(paged).toEqual([5n, 4n, 3n, 2n, 1n].map((points) => ['earned', points]));
    expect(paged).toEqual(await lines());
  });

  it('leave a ledger that sums to nothing, as each of its entries does, which the auditor sees page by page', async () => {
    const auditFacts = pgAuditFacts(db.database);
    const { facts } = await auditFacts.page('', 1_000);
    expect(facts.filter(({ kind }) => kind === 'ledger.sum')).toEqual([]);
    const first = await auditFacts.page('', facts.length - 1);
    const whole = await auditFacts.page('', facts.length);
    const rest = [await auditFacts.page(first.nextCursor, 5), await auditFacts.page(whole.nextCursor, 5)];
    expect([first.facts, whole.facts]).toEqual([facts.slice(0, -1), facts]);
    expect(rest).toEqual([
      { facts: facts.slice(-1), nextCursor: '' },
      { facts: [], nextCursor: '' },
    ]);
    await expect(db.pool.query('UPDATE ledger_entry SET pending = pending + 1')).rejects.toThrow('ledger_entry_balanced');
  });
});
