import type {
  MoneyData,
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderDeliveredV1,
  OrderParcelLostV1,
  OrderParcelReturnedV1,
  OrderRefundedV1,
  OrderShippedV1,
} from '@tandem/contracts';
import { invariant, type Money, money } from '@tandem/kernel';
import type { Order, OrderLine, RefundDue, Shipment } from '../domain/order.js';
import type { OrderRefund } from '../domain/refund.js';

export function moneyData({ minor, currency }: Money): MoneyData {
  return { amount: Number(minor), currency };
}

function lineData({ seats, parts, unitPrice, total, discount, ...line }: OrderLine): OrderConfirmedV1['lines'][number] {
  const lists = { ...(seats ? { seats: [...seats] } : {}), ...(parts ? { parts: [...parts] } : {}) };
  return { ...line, unitPrice: moneyData(unitPrice), total: moneyData(total), discount: moneyData(discount), ...lists };
}

/** What every event of an order carries. */
function factsOf(order: Order): Pick<OrderConfirmedV1, 'orderId' | 'number' | 'customerId' | 'email' | 'locale' | 'total'> {
  const { id, number, customerId, email, locale, total } = order;
  return { orderId: id, number, customerId, email, locale, total: moneyData(total) };
}

function parcelData({ id, carrier, trackingCode }: Shipment): OrderShippedV1['shipments'][number] {
  return { shipmentId: id, carrier, trackingCode };
}

/** Of each of its labels: a shopper follows every parcel. */
function parcelsData(shipment: Shipment): OrderShippedV1['shipments'] {
  return (shipment.trackingCodes ?? [shipment.trackingCode]).map((trackingCode) => parcelData({ ...shipment, trackingCode }));
}

/** `tier`: the one its customer has, as far as it was told; it is the order's from now on. */
export function confirmedEvent(order: Order, tier: string | null): OrderConfirmedV1 {
  invariant(order.payment && order.confirmedAt, `order ${order.id} is not confirmed`);
  return {
    ...factsOf(order),
    cartId: order.cartId,
    ownerId: order.ownerId,
    currency: order.currency,
    lines: order.lines.map(lineData),
    subtotal: moneyData(order.subtotal),
    shipping: moneyData(order.shipping),
    tax: moneyData(order.tax),
    discount: moneyData(order.discount),
    shippingAddress: { ...order.shippingAddress },
    shippingOption: { ...order.shippingOption },
    pointsRedeemed: order.points.redeemed,
    ...(tier === null ? {} : { tier }),
    paymentId: order.payment.id,
    confirmedAt: order.confirmedAt.toISOString(),
  };
}

export function cancelledEvent(order: Order, { refund, at }: { refund: RefundDue | null; at: Date }): OrderCancelledV1 {
  return {
    ...factsOf(order),
    reason: order.cancelReason ?? 'cancelled',
    refund: refund && { refundId: refund.refundId, amount: moneyData(refund.amount) },
    lines: order.lines.map(({ lineId, variantId, quantity }) => ({ lineId, variantId, quantity })),
    wasConfirmed: order.confirmedAt !== null,
    cancelledAt: at.toISOString(),
  };
}

export function shippedEvent(order: Order, at: Date): OrderShippedV1 {
  const shipments = order.shipments.filter(({ status }) => status !== 'voided').flatMap(parcelsData);
  return { ...factsOf(order), shipments, shippedAt: at.toISOString() };
}

export function deliveredEvent(order: Order, at: Date): OrderDeliveredV1 {
  return { ...factsOf(order), deliveredAt: at.toISOString() };
}

type Astray = { readonly at: Date; readonly isFurther: boolean };

export function parcelLostEvent(order: Order, parcel: Shipment, { at, isFurther }: Astray): OrderParcelLostV1 {
  return { ...factsOf(order), ...parcelData(parcel), ...(isFurther ? { isFurther } : {}), lostAt: at.toISOString() };
}

export function parcelReturnedEvent(order: Order, parcel: Shipment, { at, isFurther }: Astray): OrderParcelReturnedV1 {
  return { ...factsOf(order), ...parcelData(parcel), ...(isFurther ? { isFurther } : {}), returnedAt: at.toISOString() };
}

export function refundedEvent(
  order: Order,
  { refund, refundedMinor, isFull, at }: { refund: OrderRefund; refundedMinor: bigint; isFull: boolean; at: Date },
): OrderRefundedV1 {
  return {
    ...factsOf(order),
    refundId: refund.id,
    amount: moneyData(refund.amount),
    isFull,
    reason: refund.reason,
    lines: refund.lines.map(({ lineId, variantId, quantity }) => ({ lineId, variantId, quantity })),
    refundedTotal: moneyData(money(refundedMinor, order.currency)),
    subtotal: moneyData(order.subtotal),
    discount: moneyData(order.discount),
    refundedAt: at.toISOString(),
  };
}
