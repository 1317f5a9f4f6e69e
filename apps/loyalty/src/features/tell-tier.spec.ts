import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { firstRules } from '../domain/testing/rules.js';
import { pointsUnderTest } from '../testing/points-under-test.js';

const now = new Date('2026-01-02T03:04:05.000Z');
const daysLater = (days: number) => new Date(now.getTime() + days * 86_400_000);

describe('the tier of a customer', () => {
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
  });
  afterEach(() => db.pool.query('TRUNCATE ledger_entry, account'));
  afterAll(() => db.drop());

  /** A customer, what its orders earn, and what was told of it. */
  function aCustomer() {
    const customerId = newUuid();
    let at = now;
    const { awarding, reversing, tellTier } = pointsUnderTest(db, { now: () => at });
    const order = () => ({ customerId, currency: 'EUR' as const, tier: undefined, confirmedAt: at });
    return {
      earn: (euros: bigint, orderId = newUuid()) =>
        db.database.transaction((tx) => awarding.run(tx, { ...order(), orderId, goods: [{ category: 'home', minor: euros * 100n }] })),
      takeBack: (orderId: string) => db.database.transaction((tx) => reversing.run(tx, { orderId, source: '', share: 'all', at })),
      review: () => tellTier.review(),
      daysPass: (days: number) => void (at = new Date(at.getTime() + days * 86_400_000)),
      told: async () =>
        (await db.events(toPublicId('customer', customerId))).map(({ type, data }) => {
          expect(type).toBe('tier.changed.v1');
          return data['tier'];
        }),
    };
  }

  it('is told when points lead to another one, up and down, and not again', async () => {
    const { earn, takeBack, told } = aCustomer();
    const [many, more] = [newUuid(), newUuid()];
    await earn(499n);
    expect(await told()).toEqual([]);
    await earn(1n);
    await earn(100n);
    await earn(1_400n, many);
    await earn(1n, more);
    await takeBack(more);
    await takeBack(many);
    expect(await told()).toEqual(['silver', 'gold', 'silver']);
  });

  it('is told once of two orders at the same time', async () => {
    const { earn, told } = aCustomer();
    await Promise.all([earn(500n), earn(600n), earn(700n)]);
    expect(await told()).toEqual(['silver']);
  });

  it('of the highest tier is not counted again by what it earns: what the days took is for the review', async () => {
    const { earn, daysPass, review, told } = aCustomer();
    await earn(2_000n);
    daysPass(366);
    await earn(1n);
    expect(await told()).toEqual(['gold']);
    await review();
    expect(await told()).toEqual(['gold', 'bronze']);
  });

  it('is told when its days have passed, or the rules are others, once', async () => {
    const { earn, told } = aCustomer();
    await earn(600n);
    const review = (days: number, silverFrom = 500n) => {
      const tiers = [
        { name: 'bronze', from: 0n },
        { name: 'silver', from: silverFrom },
      ] as const;
      return pointsUnderTest(db, {
        findRules: () => Promise.resolve({ ...firstRules, tiers: [...tiers] }),
        now: () => daysLater(days),
      }).tellTier.review();
    };
    expect([await review(1), await review(2, 700n), await review(3, 700n), await review(4), await review(366), await review(367)]).toEqual([
      0, 1, 0, 1, 1, 0,
    ]);
    expect(await told()).toEqual(['silver', 'bronze', 'silver', 'bronze']);
  });
});
