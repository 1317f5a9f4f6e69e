import { apportion, type LineId, type Money, money, type OrderId, type RefundId, type VariantId } from '@tandem/kernel';
import type { Order } from './order.js';

/** Units of a line that come back. */
export type RefundLine = { readonly lineId: LineId; readonly variantId: VariantId; readonly quantity: number };

/** `refused`: the bank will never give it, or its money came back (`giving` tells), an operator decides; `written-off`: the operator has. */
export type RefundStatus = 'pending' | 'succeeded' | 'refused' | 'written-off';

/** Money that goes back. `staff`: a refund of its own; `cancel`: part of a cancellation, which tells of it. */
export type OrderRefund = {
  readonly id: RefundId;
  readonly orderId: OrderId;
  readonly amount: Money;
  readonly cause: 'staff' | 'cancel';
  readonly reason: string;
  readonly lines: readonly RefundLine[];
  readonly status: RefundStatus;
  /** Which time its money is given: 1 at first, the next each time it came back. From 2 on the order has told of it: its units and its money are its own for good, whatever its status. */
  readonly giving: number;
  readonly createdAt: Date;
  /** The request that asked for it, as a hash. None for part of a cancellation. */
  readonly requestHash?: Uint8Array;
};

/** What is asked for: lines, an amount, both (these lines for that amount), or neither (all that is left). */
export type RefundWish = {
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  readonly amount: Money | null;
};

export type RefundDecision =
  | { readonly kind: 'refundable'; readonly amount: Money; readonly lines: readonly RefundLine[] }
  | { readonly kind: 'refused'; readonly because: 'refund-exceeds-payment'; readonly left: Money; readonly detail: string }
  | { readonly kind: 'invalid'; readonly pointer: string; readonly message: string };

/** What is left of an order's payment when what went back, or is on its way, is taken off. Nothing while nothing was captured. */
export function leftOf(order: Pick<Order, 'total' | 'payment' | 'confirmedAt'>, earlier: readonly OrderRefund[]): Money {
  const captured =
    order.confirmedAt !== null && (order.payment?.status === 'captured' || order.payment?.status === 'refunded') ? order.total.minor : 0n;
  return money(captured - sumOf(earlier.filter(isLive)), order.total.currency);
}

/** What went back, as the order has told it: also what came back to the bank since. */
export function returnedOf(refunds: readonly OrderRefund[]): bigint {
  return sumOf(refunds.filter(({ status, giving }) => status === 'succeeded' || giving > 1));
}

/** Decides a refund: never more in all than was captured, and no unit twice. */
export function decideRefund(order: Order, earlier: readonly OrderRefund[], wish: RefundWish): RefundDecision {
  const left = leftOf(order, earlier);
  const refused = (detail: string): RefundDecision => ({ kind: 'refused', because: 'refund-exceeds-payment', left, detail });
  if (wish.amount && wish.amount.currency !== left.currency)
    return { kind: 'invalid', pointer: '/amount/currency', message: `the order is in ${left.currency}` };
  if (left.minor <= 0n) return refused('nothing is left of the payment');
  const units = unitsOf(order, earlier);
  const isRest = wish.lines.length === 0 && wish.amount === null;
  const lines: RefundLine[] = [];
  let worth = 0n;
  for (const [index, { lineId, quantity }] of (isRest ? restOf(units) : merged(wish.lines)).entries()) {
    const unit = units.find(({ line }) => line.lineId === lineId);
    if (!unit) return { kind: 'invalid', pointer: `/lines/${index}/lineId`, message: 'no line of this order' };
    if (quantity > unit.line.quantity - unit.returned)
      return refused(`${unit.line.quantity - unit.returned} of ${unit.line.quantity} units of ${unit.line.sku} are left to return`);
    lines.push({ lineId: unit.line.lineId, variantId: unit.line.variantId, quantity });
    worth += unit.shares.slice(unit.returned, unit.returned + quantity).reduce((sum, share) => sum + share, 0n);
  }
  const amount = isRest ? left : (wish.amount ?? money(worth, left.currency));
  if (amount.minor > left.minor) return refused('more than is left of the payment');
  return amount.minor > 0n ? { kind: 'refundable', amount, lines } : refused('these lines cost nothing');
}

/** Whether a refund the bank refused may be asked for again: what the others gave back, or have on the way, leaves room for its money and its units. What came back was never free for others. */
export function fitsAgain(order: Order, others: readonly OrderRefund[], { amount, lines, giving }: OrderRefund): boolean {
  if (giving > 1) return true;
  // Money that was taken for an order that was never confirmed goes back as well.
  const left = leftOf({ ...order, confirmedAt: order.confirmedAt ?? order.createdAt }, others);
  const units = unitsOf(order, others);
  const hasRoom = ({ lineId, quantity }: RefundLine): boolean =>
    units.some(({ line, returned }) => line.lineId === lineId && returned + quantity <= line.quantity);
  return amount.minor <= left.minor && lines.every(hasRoom);
}

/** What the shopper paid for each line, and for delivery last: discounts that belong to no line lower delivery first, tax follows the amounts. */
export function paidFor(order: Pick<Order, 'lines' | 'shipping' | 'discount' | 'total'>): readonly bigint[] {
  const nets = order.lines.map(({ total, discount }) => atLeastZero(total.minor - discount.minor));
  const loose = order.discount.minor - order.lines.reduce((sum, { discount }) => sum + discount.minor, 0n);
  return apportion(order.total.minor, [...nets, atLeastZero(order.shipping.minor - atLeastZero(loose))]);
}

/** Per line: how many units came back before, and what each unit cost. */
function unitsOf(order: Order, earlier: readonly OrderRefund[]) {
  const paid = paidFor(order);
  return order.lines.map((line, index) => ({
    line,
    returned: earlier
      .filter(isLive)
      .flatMap(({ lines }) => lines)
      .filter(({ lineId }) => lineId === line.lineId)
      .reduce((sum, { quantity }) => sum + quantity, 0),
    shares: apportion(
      paid[index] ?? 0n,
      Array.from({ length: line.quantity }, () => 1n),
    ),
  }));
}

function restOf(units: ReturnType<typeof unitsOf>): RefundWish['lines'] {
  return units
    .filter(({ line, returned }) => line.quantity > returned)
    .map(({ line, returned }) => ({ lineId: line.lineId, quantity: line.quantity - returned }));
}

/** A line that is named twice counts once, with both quantities. */
function merged(lines: RefundWish['lines']): RefundWish['lines'] {
  const ids = [...new Set(lines.map(({ lineId }) => lineId))];
  return ids.map((lineId) => ({
    lineId,
    quantity: lines.filter((line) => line.lineId === lineId).reduce((sum, { quantity }) => sum + quantity, 0),
  }));
}

function isLive({ status, giving }: OrderRefund): boolean {
  return status === 'pending' || status === 'succeeded' || giving > 1;
}

function sumOf(refunds: readonly OrderRefund[]): bigint {
  return refunds.reduce((sum, { amount }) => sum + amount.minor, 0n);
}

function atLeastZero(minor: bigint): bigint {
  return minor > 0n ? minor : 0n;
}
