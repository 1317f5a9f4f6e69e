import type { OrderCancelledV1, OrderConfirmedV1, OrderDeliveredV1, OrderRefundedV1 } from '@tandem/contracts';
import { newId, uuidOf } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import type { Tx } from '@tandem/kernel';
import { randomFrom } from '@tandem/kernel/testing';
import type { PgPointsLedger } from '../adapters/pg-points-ledger.js';
import { pointsUnderTest } from '../testing/points-under-test.js';
import type { AwardPointsOnOrderConfirmed } from './award-points.consumer.js';
import type { HoldPoints } from './hold-points.js';
import type { ReleasePointsOnOrderDelivered } from './release-points.consumer.js';
import type { ReversePointsOnOrderEnd } from './reverse-points.consumer.js';

/** What an order looks like from outside; the model below needs nothing else. Cents and points. */
type Known = {
  readonly id: string;
  readonly customer: number;
  readonly goods: number;
  readonly paidWith: number;
  hold: 'none' | 'held' | 'released';
  isConfirmed: boolean;
  isDelivered: boolean;
  isOver: boolean;
  refunded: number;
};

/** Commands of one run, and the seed they come from. */
const run = { commands: 10_000, seed: 20_261_121 };
const at = '2026-01-02T03:04:05.000Z';
const total = ({ goods, paidWith }: Known): number => goods - paidWith + 490;
const share = (points: number, order: Known): number => (order.isOver ? points : Math.floor((points * order.refunded) / total(order)));
const earned = ({ goods, paidWith }: Known): number => Math.floor((goods - paidWith) / 100);

/** What a customer must have after all that happened to its orders: a formula, no ledger. */
function expected(orders: readonly Known[]): { balance: number; pending: number; spendable: number } {
  const confirmed = orders.filter(({ isConfirmed }) => isConfirmed);
  const left = (order: Known): number => earned(order) - share(earned(order), order);
  const sum = (of: readonly Known[], what: (order: Known) => number): number => of.reduce((so, order) => so + what(order), 0);
  const spent = sum(confirmed, (order) => order.paidWith - share(order.paidWith, order));
  const balance =
    sum(
      confirmed.filter(({ isDelivered }) => isDelivered),
      left,
    ) - spent;
  const held = sum(
    orders.filter(({ isConfirmed, hold }) => !isConfirmed && hold === 'held'),
    ({ paidWith }) => paidWith,
  );
  return {
    balance,
    pending: sum(
      confirmed.filter(({ isDelivered }) => !isDelivered),
      left,
    ),
    spendable: balance - held,
  };
}

describe('the ledger and a formula', () => {
  let db: SpecDatabase;
  let ledger: PgPointsLedger;
  let holding: HoldPoints;
  let award: AwardPointsOnOrderConfirmed;
  let release: ReleasePointsOnOrderDelivered;
  let reverse: ReversePointsOnOrderEnd;

  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
    ({ ledger, holding, award, release, reverse } = pointsUnderTest(db, { now: () => new Date(at) }));
  });
  afterAll(() => db.drop());

  it(`agree after each of ${run.commands} random commands, each told once or twice`, async () => {
    const random = randomFrom(run.seed);
    const roll = (sides: number): number => Math.floor(random() * sides);
    const customers = [newId('customer'), newId('customer'), newId('customer')];
    const orders: Known[] = [];
    const eur = (amount: number) => ({ amount, currency: 'EUR' as const });
    const factsOf = (order: Known) => ({
      orderId: order.id,
      number: 'AAAAAAAA',
      customerId: customers[order.customer] ?? null,
      email: 'ada@example.org',
      locale: 'en',
      total: eur(total(order)),
    });
    const of = (customer: number) => orders.filter((order) => order.customer === customer);
    const tell = async (what: (tx: Tx) => Promise<unknown>): Promise<void> => {
      for (let times = 1 + roll(2); times > 0; times--) await db.database.transaction(what);
    };

    const commands: ((order: Known) => Promise<void>)[] = [
      async (order) => {
        const wish = {
          orderId: uuidOf('order', order.id),
          customerId: uuidOf('customer', customers[order.customer] ?? ''),
          points: BigInt(order.paidWith),
          ttlSeconds: 3_600,
        };
        if (order.isConfirmed || order.paidWith === 0) return;
        const others = expected(of(order.customer).filter((other) => other !== order)).spendable;
        const fits = order.hold === 'released' ? 'released' : order.paidWith <= others ? 'held' : 'insufficient';
        expect((await holding.hold(wish)).kind).toBe(fits);
        if (fits === 'held') order.hold = 'held';
      },
      async (order) => {
        if (order.isConfirmed) return;
        await holding.release(uuidOf('order', order.id));
        order.hold = 'released';
      },
      async (order) => {
        if (order.isConfirmed || (order.paidWith > 0 && order.hold !== 'held')) return;
        const line = { category: 'home', total: eur(order.goods), discount: eur(order.paidWith) };
        await tell((tx) =>
          award.handle(
            {
              ...factsOf(order),
              currency: 'EUR',
              lines: [line],
              pointsRedeemed: order.paidWith,
              confirmedAt: at,
            } as unknown as OrderConfirmedV1,
            tx,
          ),
        );
        order.isConfirmed = true;
      },
      async (order) => {
        if (!order.isConfirmed || order.isOver) return;
        await tell((tx) => release.handle({ ...factsOf(order), deliveredAt: at } as unknown as OrderDeliveredV1, tx));
        order.isDelivered = true;
      },
      async (order) => {
        if (!order.isConfirmed || order.isOver) return;
        const amount = Math.min(1 + roll(2_000), total(order) - order.refunded);
        order.refunded += amount;
        order.isOver = order.refunded === total(order);
        const event = {
          ...factsOf(order),
          refundId: newId('refund'),
          amount: eur(amount),
          refundedTotal: eur(order.refunded),
          isFull: order.isOver,
          lines: [],
          reason: 'x',
          refundedAt: at,
        };
        await tell((tx) => reverse.refunded(event as unknown as OrderRefundedV1, tx));
      },
      async (order) => {
        if (!order.isConfirmed || order.isDelivered || order.isOver) return;
        order.isOver = true;
        await tell((tx) =>
          reverse.cancelled(
            { ...factsOf(order), reason: 'x', refund: null, lines: [], wasConfirmed: true, cancelledAt: at } as unknown as OrderCancelledV1,
            tx,
          ),
        );
      },
    ];

    for (let n = 0; n < run.commands; n++) {
      if (orders.length < 9 || roll(6) === 0) {
        const goods = 1 + roll(30_000);
        const customer = roll(customers.length);
        orders.push({
          id: newId('order'),
          customer,
          goods,
          paidWith: roll(3) === 0 ? Math.min(1 + roll(150), goods) : 0,
          hold: 'none',
          isConfirmed: false,
          isDelivered: false,
          isOver: false,
          refunded: 0,
        });
      }
      const order = orders[Math.max(0, orders.length - 1 - roll(12))];
      if (!order) throw new Error('there is no order');
      await commands[roll(commands.length)]?.(order);
      const customerId = uuidOf('customer', customers[order.customer] ?? '');
      const [{ pending, available }, spendable] = await Promise.all([ledger.balanceOf(customerId), holding.spendableOf(customerId)]);
      expect({ n, balance: Number(available), pending: Number(pending), spendable: Number(spendable) }).toEqual({
        n,
        ...expected(of(order.customer)),
      });
    }
    const { rows } = await db.pool.query<{ kind: string; count: string }>(
      'SELECT kind, count(*) FROM ledger_entry GROUP BY kind ORDER BY kind',
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['available', 'earned', 'redeemed', 'returned', 'reversed']);
  }, 120_000);
});
