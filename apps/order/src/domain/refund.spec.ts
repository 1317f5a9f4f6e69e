import { money } from '@tandem/kernel';
import type { RefundId } from '@tandem/kernel';
import fc from 'fast-check';
import { confirm, type Order, type OrderLine } from './order.js';
import { decideRefund, leftOf, type OrderRefund, paidFor, type RefundWish } from './refund.js';
import { aPendingOrder } from './testing/orders.js';

const eur = (minor: bigint) => money(minor, 'EUR');
const order = confirm(aPendingOrder(), { id: 'pay_01h455vb4pex5vsknk084sn02q' as never }, new Date('2026-11-21T10:00:00Z'));
const [mugs, lamp] = order.lines as readonly [OrderLine, OrderLine];
const nothing: RefundWish = { lines: [], amount: null };
const given = (amount: bigint, lines: OrderRefund['lines'] = [], status: OrderRefund['status'] = 'succeeded'): OrderRefund => ({
  id: `ref_${Math.random()}` as RefundId,
  orderId: order.id,
  amount: eur(amount),
  cause: 'staff',
  reason: 'broken',
  lines,
  status,
  giving: 1,
  createdAt: new Date(),
});

describe('a refund', () => {
  it('of lines is what the shopper paid for their units; delivery stays', () => {
    expect(decideRefund(order, [], { lines: [{ lineId: mugs.lineId, quantity: 1 }], amount: null })).toEqual({
      kind: 'refundable',
      amount: eur(1_040n),
      lines: [{ lineId: mugs.lineId, variantId: mugs.variantId, quantity: 1 }],
    });
    expect(
      decideRefund(order, [], {
        lines: [
          { lineId: mugs.lineId, quantity: 1 },
          { lineId: mugs.lineId, quantity: 1 },
          { lineId: lamp.lineId, quantity: 1 },
        ],
        amount: null,
      }),
    ).toMatchObject({ amount: eur(4_080n) });
  });

  it('of an amount returns no lines, of lines for an amount returns both, of neither all that is left', () => {
    expect(decideRefund(order, [], { lines: [], amount: eur(70n) })).toEqual({ kind: 'refundable', amount: eur(70n), lines: [] });
    expect(decideRefund(order, [], { lines: [{ lineId: lamp.lineId, quantity: 1 }], amount: eur(70n) })).toMatchObject({
      amount: eur(70n),
      lines: [{ lineId: lamp.lineId }],
    });
    const earlier = [given(1_040n, [{ lineId: mugs.lineId, variantId: mugs.variantId, quantity: 1 }])];
    expect(decideRefund(order, earlier, nothing)).toEqual({
      kind: 'refundable',
      amount: eur(3_530n),
      lines: [
        { lineId: mugs.lineId, variantId: mugs.variantId, quantity: 1 },
        { lineId: lamp.lineId, variantId: lamp.variantId, quantity: 1 },
      ],
    });
  });

  it('is refused when it is more than is left, when a unit would come back twice, and when nothing was captured', () => {
    const exceeds = { kind: 'refused', because: 'refund-exceeds-payment' };
    expect(decideRefund(order, [], { lines: [], amount: eur(4_571n) })).toMatchObject({ ...exceeds, left: eur(4_570n) });
    expect(decideRefund(order, [given(4_000n, [], 'pending')], { lines: [], amount: eur(571n) })).toMatchObject(exceeds);
    expect(
      decideRefund(order, [given(1n, [{ lineId: lamp.lineId, variantId: lamp.variantId, quantity: 1 }])], {
        lines: [{ lineId: lamp.lineId, quantity: 1 }],
        amount: null,
      }),
    ).toMatchObject(exceeds);
    expect(decideRefund(order, [given(4_570n)], nothing)).toMatchObject(exceeds);
    expect(decideRefund(aPendingOrder(), [], nothing)).toMatchObject(exceeds);
  });

  it('may ask again for what the bank refused for good', () => {
    expect(decideRefund(order, [given(4_570n, [], 'refused')], nothing)).toMatchObject({ kind: 'refundable', amount: eur(4_570n) });
  });

  it('names the field that makes no sense', () => {
    expect(decideRefund(order, [], { lines: [{ lineId: 'line_other', quantity: 1 }], amount: null })).toMatchObject({
      kind: 'invalid',
      pointer: '/lines/0/lineId',
    });
    expect(decideRefund(order, [], { lines: [], amount: money(1n, 'USD') })).toMatchObject({
      kind: 'invalid',
      pointer: '/amount/currency',
    });
  });
});

const amounts = fc.bigInt({ min: 0n, max: 1_000_000n });
const anyOrder = fc
  .record({
    lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 30 }), unit: amounts, off: fc.integer({ min: 0, max: 100 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
    shipping: amounts,
    tax: amounts,
    loose: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ lines, shipping, tax, loose }): Order => {
    const made = lines.map(({ quantity, unit, off }, n): OrderLine => {
      const total = unit * BigInt(quantity);
      return {
        ...mugs,
        lineId: `line_${n}` as never,
        quantity,
        unitPrice: eur(unit),
        total: eur(total),
        discount: eur((total * BigInt(off)) / 100n),
      };
    });
    const subtotal = made.reduce((sum, { total }) => sum + total.minor, 0n);
    const attributed = made.reduce((sum, { discount }) => sum + discount.minor, 0n);
    const discount = attributed + ((subtotal - attributed + shipping) * BigInt(loose)) / 100n;
    return {
      ...order,
      lines: made,
      subtotal: eur(subtotal),
      shipping: eur(shipping),
      tax: eur(tax),
      discount: eur(discount),
      total: eur(subtotal + shipping + tax - discount),
    };
  });

describe('refunds, whatever was ordered', () => {
  it('know what was paid for each line and for delivery, to the last cent of the total', () => {
    fc.assert(
      fc.property(anyOrder, (bought) => {
        expect(paidFor(bought).reduce((sum, part) => sum + part, 0n)).toBe(bought.total.minor);
        expect(paidFor(bought).every((part) => part >= 0n)).toBe(true);
      }),
    );
  });

  it('never give back more than was captured, and the rest always brings it to exactly that', () => {
    const wish = fc.oneof(
      fc.record({
        lines: fc.array(
          fc.record({ lineId: fc.integer({ min: 0, max: 5 }).map((n) => `line_${n}`), quantity: fc.integer({ min: 1, max: 10 }) }),
          { maxLength: 3 },
        ),
        amount: fc.constant(null),
      }),
      amounts.map((minor) => ({ lines: [], amount: eur(minor + 1n) })),
    );
    fc.assert(
      fc.property(anyOrder, fc.array(wish, { maxLength: 12 }), (bought, wishes) => {
        const done: OrderRefund[] = [];
        for (const each of [...wishes, nothing]) {
          const decided = decideRefund(bought, done, each);
          if (decided.kind === 'refundable')
            done.push({ ...given(decided.amount.minor, decided.lines), id: `ref_${done.length}` as RefundId });
          expect(leftOf(bought, done).minor).toBeGreaterThanOrEqual(0n);
          for (const line of bought.lines)
            expect(
              done
                .flatMap(({ lines }) => lines)
                .filter(({ lineId }) => lineId === line.lineId)
                .reduce((sum, { quantity }) => sum + quantity, 0),
            ).toBeLessThanOrEqual(line.quantity);
        }
        expect(done.reduce((sum, { amount }) => sum + amount.minor, 0n)).toBe(bought.total.minor);
      }),
      { numRuns: 2_000 }, // some 10,000 commands
    );
  });

  it('return all lines one unit at a time for exactly what the lines cost, in any order', () => {
    fc.assert(
      fc.property(anyOrder, (bought) => {
        const done: OrderRefund[] = [];
        for (const { lineId, quantity } of [...bought.lines].reverse()) {
          for (let unit = 0; unit < quantity; unit += 1) {
            const decided = decideRefund(bought, done, { lines: [{ lineId, quantity: 1 }], amount: null });
            if (decided.kind === 'refundable') done.push(given(decided.amount.minor, decided.lines));
          }
        }
        const cost = paidFor(bought)
          .slice(0, -1)
          .reduce((sum, part) => sum + part, 0n);
        expect(done.reduce((sum, { amount }) => sum + amount.minor, 0n)).toBeLessThanOrEqual(cost);
        const whole = decideRefund(bought, [], { lines: bought.lines.map(({ lineId, quantity }) => ({ lineId, quantity })), amount: null });
        expect(whole.kind === 'refundable' ? whole.amount.minor : 0n).toBe(cost);
      }),
      { numRuns: 50 },
    );
  });
});
