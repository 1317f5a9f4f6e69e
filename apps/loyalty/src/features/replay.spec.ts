import type { OrderCancelledV1, OrderConfirmedV1, OrderDeliveredV1, OrderRefundedV1 } from '@tandem/contracts';
import { newId, uuidOf } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import fc from 'fast-check';
import type { PgPointsLedger } from '../adapters/pg-points-ledger.js';
import { pointsUnderTest } from '../testing/points-under-test.js';
import type { ReleasePointsOnOrderDelivered } from './release-points.consumer.js';

/** What happens to one order, in the order of its events. */
type Story = {
  readonly goods: number;
  readonly redeemed: number;
  readonly refunds: readonly number[];
  readonly isDelivered: boolean;
  readonly isCancelled: boolean;
};
type Tell = (tx: Parameters<ReleasePointsOnOrderDelivered['handle']>[1]) => Promise<unknown>;

describe('the ledger of a customer', () => {
  let db: SpecDatabase;
  let ledger: PgPointsLedger;
  let consumers: ReturnType<typeof pointsUnderTest>;

  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
    consumers = pointsUnderTest(db);
    ({ ledger } = consumers);
  });
  afterAll(() => db.drop());

  const eur = (amount: number) => ({ amount, currency: 'EUR' as const });

  function eventsOf(customerId: string, { goods, redeemed, refunds, isDelivered, isCancelled }: Story): readonly Tell[] {
    const at = '2026-01-02T03:04:05.000Z';
    const total = eur(goods - redeemed + 490);
    const facts = { orderId: newId('order'), number: 'AAAAAAAA', customerId, email: 'ada@example.org', locale: 'en' as const, total };
    const line = {
      lineId: newId('line'),
      variantId: newId('variant'),
      sku: 's',
      title: 't',
      category: 'home',
      quantity: 1,
      unitPrice: eur(goods),
      total: eur(goods),
      discount: eur(redeemed),
      weightGrams: 1,
    };
    const confirmed = {
      ...facts,
      currency: 'EUR',
      lines: [line],
      subtotal: eur(goods),
      shipping: eur(490),
      tax: eur(0),
      discount: eur(redeemed),
      pointsRedeemed: redeemed,
      confirmedAt: at,
    } as unknown as OrderConfirmedV1;
    const soFar = (n: number) => refunds.slice(0, n + 1).reduce((sum, amount) => sum + amount, 0);
    const refundOf = (amount: number, n: number) =>
      ({
        ...facts,
        refundId: newId('refund'),
        amount: eur(amount),
        refundedTotal: eur(soFar(n)),
        isFull: n === refunds.length - 1,
        reason: 'x',
        lines: [],
        refundedAt: at,
      }) as OrderRefundedV1;
    const told = refunds.map(refundOf);
    return [
      (tx) => consumers.award.handle(confirmed, tx),
      ...(isDelivered
        ? [(tx: Parameters<Tell>[0]) => consumers.release.handle({ ...facts, deliveredAt: at } as unknown as OrderDeliveredV1, tx)]
        : []),
      ...told.map(
        (event): Tell =>
          (tx) =>
            consumers.reverse.refunded(event, tx),
      ),
      ...(isCancelled
        ? [
            (tx: Parameters<Tell>[0]) =>
              consumers.reverse.cancelled(
                { ...facts, reason: 'x', refund: null, lines: [], wasConfirmed: true, cancelledAt: at } as OrderCancelledV1,
                tx,
              ),
          ]
        : []),
    ];
  }

  /** What the entries say, without ids and times. */
  const linesOf = async (customerId: string) =>
    (
      await db.pool.query(`SELECT kind, pending, available, shop FROM ledger_entry WHERE customer_id = $1 ORDER BY order_id, sequence`, [
        customerId,
      ])
    ).rows;

  const story = fc
    .record({
      goods: fc.integer({ min: 1, max: 200_000 }),
      redeemed: fc.integer({ min: 0, max: 500 }),
      isDelivered: fc.boolean(),
      isCancelled: fc.boolean(),
      refunds: fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 3 }),
    })
    .map((told) => ({ ...told, redeemed: Math.min(told.redeemed, told.goods) }));

  it('is the same however often, and in how large portions, its orders are told of; and always sums up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(story, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 }), async (stories, portion) => {
        const customerId = newId('customer');
        const events = stories.flatMap((one) => eventsOf(customerId, one));
        const tell = (from: number, to: number) =>
          db.database.transaction(async (tx) => {
            for (const event of events.slice(from, to)) await event(tx);
          });
        for (let from = 0; from < events.length; from += portion) await tell(from, from + portion);
        const uuid = uuidOf('customer', customerId);
        const once = await linesOf(uuid);
        await tell(0, events.length); // all of it again
        expect(await linesOf(uuid)).toEqual(once);
        const { pending, available } = await ledger.balanceOf(uuid);
        const lines = await ledger.linesOf(uuid, 10n ** 15n, 1_000);
        expect(lines.reduce((sum, { points }) => sum + points, 0n)).toBe(pending + available);
        expect(
          once.every(
            (entry: Record<string, string>) =>
              BigInt(entry['pending'] ?? 0) + BigInt(entry['available'] ?? 0) + BigInt(entry['shop'] ?? 0) === 0n,
          ),
        ).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
