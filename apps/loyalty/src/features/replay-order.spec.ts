import type { OrderCancelledV1, OrderConfirmedV1, OrderDeliveredV1, OrderRefundedV1 } from '@tandem/contracts';
import { newId, uuidOf } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import type { Tx } from '@tandem/kernel';
import fc from 'fast-check';
import type { Rules } from '../domain/rules.js';
import { firstRules } from '../domain/testing/rules.js';
import { pointsUnderTest } from '../testing/points-under-test.js';

const minute = (n: number) => new Date(Date.UTC(2026, 0, 2, 3, n));
/** Every rule that there is, so that an order's points depend on when it was confirmed, what was in it, and whose it was. */
const rules: Rules = {
  ...firstRules,
  categoryPercent: new Map([['food', 125]]),
  tierPercent: new Map([
    ['silver', 130],
    ['gold', 175],
  ]),
  campaigns: [
    { name: 'half an hour', from: minute(10), to: minute(40), percent: 150, categories: [] },
    { name: 'food', from: minute(20), to: minute(30), percent: 300, categories: ['food'] },
  ],
  capPerOrder: 900n,
};

/** One order, and what happens to it in turn. Amounts are cents, moments minutes. */
type Story = {
  readonly customer: number;
  readonly confirmedAt: number;
  readonly goods: readonly { readonly category: string; readonly cents: number }[];
  readonly tier: string | undefined;
  readonly redeemed: number;
  readonly refunds: readonly number[];
  readonly isDelivered: boolean;
  readonly isCancelled: boolean;
};
type Loyalty = ReturnType<typeof pointsUnderTest>;
type Tell = (loyalty: Loyalty, tx: Tx) => Promise<unknown>;

const story: fc.Arbitrary<Story> = fc.record({
  customer: fc.nat(1),
  confirmedAt: fc.nat(50),
  goods: fc.array(fc.record({ category: fc.constantFrom('home', 'food'), cents: fc.integer({ min: 1, max: 90_000 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  tier: fc.constantFrom(undefined, 'bronze', 'silver', 'gold'),
  redeemed: fc.constantFrom(0, 0, 30),
  refunds: fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 2 }),
  isDelivered: fc.boolean(),
  isCancelled: fc.boolean(),
});
/** Whose turn it is, and how many are told of in one transaction. */
const telling = fc.record({ turns: fc.array(fc.nat(100), { minLength: 40, maxLength: 40 }), portion: fc.integer({ min: 1, max: 5 }) });

const eur = (amount: number) => ({ amount, currency: 'EUR' as const });

/** The events of one order, in the order of its key. */
function eventsOf(customerId: string, { confirmedAt, goods, tier, redeemed, refunds, isDelivered, isCancelled }: Story): readonly Tell[] {
  const cents = goods.reduce((sum, line) => sum + line.cents, 0);
  const facts = { orderId: newId('order'), customerId, total: eur(cents + 490) };
  const confirmed = {
    ...facts,
    currency: 'EUR',
    lines: goods.map(({ category, cents: total }) => ({ category, total: eur(total), discount: eur(0) })),
    pointsRedeemed: redeemed,
    ...(tier === undefined ? {} : { tier }),
    confirmedAt: minute(confirmedAt).toISOString(),
  } as unknown as OrderConfirmedV1;
  const later = minute(confirmedAt + 100).toISOString();
  const delivered = { ...facts, deliveredAt: later } as unknown as OrderDeliveredV1;
  const cancelled = { ...facts, cancelledAt: later } as unknown as OrderCancelledV1;
  const refunded = refunds.map((amount, n) => {
    const refundedTotal = eur(refunds.slice(0, n + 1).reduce((sum, each) => sum + each, 0));
    const isFull = n === 1;
    return {
      ...facts,
      refundId: newId('refund'),
      amount: eur(amount),
      refundedTotal,
      isFull,
      refundedAt: later,
    } as unknown as OrderRefundedV1;
  });
  return [
    ({ award }, tx) => award.handle(confirmed, tx),
    ...(isDelivered ? [(({ release }, tx) => release.handle(delivered, tx)) satisfies Tell] : []),
    ...refunded.map(
      (event): Tell =>
        ({ reverse }, tx) =>
          reverse.refunded(event, tx),
    ),
    ...(isCancelled ? [(({ reverse }, tx) => reverse.cancelled(cancelled, tx)) satisfies Tell] : []),
  ];
}

/** One way in which a log of several partitions may be read: each order's events in turn, the orders' as they come. */
function interleaved(orders: readonly (readonly Tell[])[], turns: readonly number[]): readonly Tell[] {
  const [left, told] = [orders.map((events) => [...events]), [] as Tell[]];
  for (let n = 0; left.some(({ length }) => length > 0); n++) {
    const open = left.filter(({ length }) => length > 0);
    told.push(...(open[(turns[n % turns.length] ?? 0) % open.length]?.splice(0, 1) ?? []));
  }
  return told;
}

describe('two ledgers that hear of the same orders', () => {
  const databases: SpecDatabase[] = [];
  beforeAll(async () => {
    databases.push(await createSpecDatabase('loyalty'), await createSpecDatabase('loyalty'));
  });
  afterAll(() => Promise.all(databases.map((db) => db.drop())));

  /** A ledger that was empty and has heard of all that: its entries, what customers have, and what was told of them last. */
  async function heardBy(db: SpecDatabase, events: readonly Tell[], portion: number) {
    await db.pool.query('TRUNCATE ledger_entry, account, points_hold, points_release');
    const loyalty = pointsUnderTest(db, { findRules: () => Promise.resolve(rules), now: () => minute(500) });
    for (let from = 0; from < events.length; from += portion)
      await db.database.transaction(async (tx) => {
        for (const tell of events.slice(from, from + portion)) await tell(loyalty, tx);
      });
    const read = async (text: string) => (await db.pool.query(text)).rows as readonly Record<string, unknown>[];
    return {
      entries: await read(
        `SELECT customer_id, order_id, kind, source, pending, available, shop, at, rule_version, tier FROM ledger_entry ORDER BY order_id, kind, source`,
      ),
      balances: await read(
        'SELECT customer_id, sum(pending) AS pending, sum(available) AS available FROM ledger_entry GROUP BY 1 ORDER BY 1',
      ),
      tiers: await read("SELECT customer_id, coalesce(told_tier, 'bronze') AS tier FROM account ORDER BY 1"),
    };
  }
  const bothHear = async (orders: readonly (readonly Tell[])[], [one, other]: readonly [Telling, Telling]) => {
    const [first, second] = databases as [SpecDatabase, SpecDatabase];
    return [
      await heardBy(first, interleaved(orders, one.turns), one.portion),
      await heardBy(second, interleaved(orders, other.turns), other.portion),
    ] as const;
  };

  it('are equal, entry for entry, in whatever order of the orders and in how large portions they hear of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(story, { minLength: 2, maxLength: 6 }), telling, telling, async (stories, one, other) => {
        const customers = [newId('customer'), newId('customer')];
        const orders = stories.map((each) => eventsOf(customers[each.customer] ?? '', each));
        const [first, second] = await bothHear(orders, [one, other]);
        expect(second).toEqual(first);
      }),
      { numRuns: 40 },
    );
  });

  it('give an order what its own tier is worth, also when another order has lifted its customer before it is heard of, or a refund has lowered it', async () => {
    const customer = newId('customer');
    const plain = { customer: 0, confirmedAt: 0, redeemed: 0, refunds: [], isDelivered: false, isCancelled: false };
    const orderOf = (cents: number, more: Partial<Story>) =>
      eventsOf(customer, { ...plain, goods: [{ category: 'home', cents }], tier: 'bronze', ...more });
    const orders = [
      orderOf(45_000, { isCancelled: true }),
      orderOf(10_000, { confirmedAt: 1 }),
      orderOf(6_000, { confirmedAt: 2 }),
      orderOf(10_000, { confirmedAt: 3, tier: 'silver' }),
    ];
    const [forth, back] = await bothHear(orders, [
      { turns: [0], portion: 1 },
      { turns: [3, 2, 1, 0], portion: 2 },
    ]);
    expect(back).toEqual(forth);
    expect(forth.balances).toMatchObject([{ customer_id: uuidOf('customer', customer), pending: String(100 + 60 + 130) }]);
  });
});

type Telling = { readonly turns: readonly number[]; readonly portion: number };
