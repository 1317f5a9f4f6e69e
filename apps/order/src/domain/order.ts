import {
  type CartId,
  type Currency,
  type CustomerId,
  type LineId,
  type Money,
  type OrderId,
  type PaymentId,
  type RefundId,
  type ShipmentId,
  type VariantId,
  invariant,
} from '@tandem/kernel';
import { canBecome, type OrderStatus } from './order-states.js';

export type Locale = 'de' | 'en' | 'fr';

export type Address = {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly postalCode: string;
  readonly region?: string;
  readonly country: string;
  readonly phone?: string;
};

export type OrderLine = {
  readonly lineId: LineId;
  readonly variantId: VariantId;
  readonly sku: string;
  readonly title: string;
  readonly category: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly total: Money;
  readonly discount: Money;
  readonly weightGrams: number;
  /** Numbered units, as many as `quantity`; absent where units have no numbers. */
  readonly seats?: readonly string[];
  /** What the product looked like when it was bought: a path on the storefront that stays, and pixels. Absent from orders of before. */
  readonly picture?: { readonly url: string; readonly width: number; readonly height: number };
  /** Where the units were taken from; absent when the whole order came from the default location. */
  readonly parts?: readonly LinePart[];
};

export type LinePart = { readonly locationId: string; readonly quantity: number };

/** What an order is made of, as cart priced it; from then on it never changes. */
export type Quote = {
  readonly cartId: CartId;
  readonly currency: Currency;
  readonly locale: Locale;
  readonly email: string;
  readonly shippingAddress: Address;
  readonly shippingOption: { readonly id: string; readonly carrier: string; readonly service: string };
  readonly lines: readonly OrderLine[];
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly tax: Money;
  readonly discount: Money;
  readonly total: Money;
  /** Points and promotion that the total counts on: held and claimed before the shopper pays. */
  readonly pointsRedeemed: number;
  readonly promotionCode: string | null;
};

/** Whose order it is. A guest is an owner without a customer: it earns no points. */
export type Owner = { readonly ownerId: CustomerId; readonly customerId: CustomerId | null };

export type PaymentStatus = 'pending' | 'captured' | 'declined' | 'unknown' | 'voided' | 'refunded';
export type Payment = { readonly id: PaymentId; readonly status: PaymentStatus };

export type ShipmentStatus = 'created' | 'in-transit' | 'delivered' | 'lost' | 'returned' | 'voided';
export type Shipment = {
  readonly id: ShipmentId;
  readonly status: ShipmentStatus;
  readonly carrier: string;
  /** The first label's, when each parcel has one of its own. */
  readonly trackingCode: string;
  /** All labels', where there are several. */
  readonly trackingCodes?: readonly string[];
  /** The day it should arrive, as shipping told when its labels were bought: `2026-11-24`. */
  readonly estimatedDelivery?: string;
};

export type NextAction = { readonly type: string; readonly url: string };

export type Order = Omit<Quote, 'pointsRedeemed'> &
  Owner & {
    readonly id: OrderId;
    readonly number: string;
    readonly status: OrderStatus;
    /** The shopper was told that there is an order: it is listed, and its end is an event. */
    readonly isPromised: boolean;
    readonly payment: Payment | null;
    readonly nextAction: NextAction | null;
    readonly cancelReason: string | null;
    readonly shipments: readonly Shipment[];
    readonly points: { readonly earned: number; readonly redeemed: number };
    readonly createdAt: Date;
    readonly confirmedAt: Date | null;
  };

/** A payment that has been captured, and under which id. */
export type Captured = { readonly id: PaymentId };

export type RefundDue = { readonly refundId: RefundId; readonly amount: Money };

/** The order a quote becomes. Nothing is paid or reserved yet. */
export function place(quote: Quote, facts: Owner & { id: OrderId; number: string; isPromised: boolean; now: Date }): Order {
  const { now, ...given } = facts;
  const { pointsRedeemed, ...quoted } = quote;
  return {
    ...quoted,
    ...given,
    status: 'pending',
    payment: null,
    nextAction: null,
    cancelReason: null,
    shipments: [],
    points: { earned: 0, redeemed: pointsRedeemed },
    createdAt: now,
    confirmedAt: null,
  };
}

/** Whether the order's total counts on points or a promotion. */
export function redeems({ points, promotionCode }: Pick<Order, 'points' | 'promotionCode'>): boolean {
  return points.redeemed > 0 || promotionCode !== null;
}

/** The order that knows where its units were taken from; `parts` are none when all came from the default location. */
export function located(order: Order, parts: readonly (LinePart & { readonly lineId: string })[]): Order {
  if (parts.length === 0) return order;
  const of = (lineId: string): readonly LinePart[] =>
    parts.filter((part) => part.lineId === lineId).map(({ locationId, quantity }) => ({ locationId, quantity }));
  return { ...order, lines: order.lines.map((line) => ({ ...line, parts: of(line.lineId) })) };
}

/** A paid order whose stock is taken. */
export function confirm(order: Order, payment: Captured, now: Date): Order {
  return {
    ...moved(order, 'confirmed'),
    isPromised: true,
    payment: { id: payment.id, status: 'captured' },
    nextAction: null,
    confirmedAt: now,
  };
}

/** An order that waits for the bank's word (`payment-unknown`) or the shopper's (`requires-action`). */
export function hold(
  order: Order,
  waiting: { status: 'payment-unknown' | 'requires-action'; paymentId: PaymentId | null; nextAction: NextAction | null },
): Order {
  const payment: Payment | null =
    waiting.paymentId === null ? null : { id: waiting.paymentId, status: waiting.status === 'requires-action' ? 'pending' : 'unknown' };
  return { ...moved(order, waiting.status), isPromised: true, payment, nextAction: waiting.nextAction };
}

/** An order that ended. The reason is one of a few words, or the shopper's own. */
export function cancel(order: Order, reason: string, payment: Payment | null = order.payment): Order {
  return { ...moved(order, 'cancelled'), cancelReason: reason, payment, nextAction: null };
}

function moved(order: Order, to: OrderStatus): Order {
  invariant(canBecome(order.status, to), `order ${order.id} is ${order.status} and cannot become ${to}`);
  return { ...order, status: to };
}
