import type { commonV1, orderV1 } from '@tandem/contracts';
import type { Money } from '@tandem/kernel';
import type { Answer } from '../domain/checkout.js';
import type { Address, Order } from '../domain/order.js';
import type { OrderRefund } from '../domain/refund.js';

/** An order as callers see it. */
export function toReply(order: Order): orderV1.Order {
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    lines: order.lines.map(({ lineId, variantId, sku, title, quantity, unitPrice, total, seats = [] }) => ({
      id: lineId,
      variantId,
      sku,
      title,
      quantity,
      unitPrice: toWireMoney(unitPrice),
      total: toWireMoney(total),
      seats: [...seats],
    })),
    subtotal: toWireMoney(order.subtotal),
    shipping: toWireMoney(order.shipping),
    tax: toWireMoney(order.tax),
    discount: toWireMoney(order.discount),
    total: toWireMoney(order.total),
    email: order.email,
    shippingAddress: toWireAddress(order.shippingAddress),
    ...(order.payment ? { payment: { ...order.payment, amount: toWireMoney(order.total) } } : {}),
    shipments: order.shipments.map(({ id, status, trackingCode, estimatedDelivery }) => ({
      id,
      status,
      trackingCode,
      ...(estimatedDelivery === undefined ? {} : { estimatedDelivery }),
    })),
    loyalty: { ...order.points },
    createdAt: order.createdAt.toISOString(),
    ...(order.confirmedAt ? { confirmedAt: order.confirmedAt.toISOString() } : {}),
    ...(order.cancelReason === null ? {} : { cancelReason: order.cancelReason }),
    ...(order.nextAction ? { nextAction: { ...order.nextAction } } : {}),
  };
}

/** A refund as callers see it. */
export function toRefundReply({ id, orderId, amount, status, reason, createdAt }: OrderRefund): orderV1.OrderRefund {
  return { id, orderId, amount: toWireMoney(amount), status, reason, createdAt: createdAt.toISOString() };
}

/** The reply as it is stored under the key; a repeat gets these bytes. */
export function answerWith(order: Order): Answer {
  return { kind: 'reply', json: JSON.stringify(toReply(order)) };
}

export function toWireMoney({ minor, currency }: Money): commonV1.Money {
  return { amount: minor.toString(), currency };
}

export function toWireAddress(address: Address): commonV1.Address {
  return { ...address };
}
