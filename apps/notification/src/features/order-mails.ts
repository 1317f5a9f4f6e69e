import type { OrderCancelledV1, OrderConfirmedV1, OrderDeliveredV1, OrderRefundedV1, OrderShippedV1 } from '@tandem/contracts';
import { type Mail, shown } from '../domain/mail.js';

/** The mail of a confirmed order: lines, amounts, address. */
export function confirmationMail(order: OrderConfirmedV1): Mail {
  const { shippingAddress: at } = order;
  return {
    kind: 'order.confirmed',
    to: order.email,
    subject: `Thank you for your order ${order.number}`,
    values: {
      number: order.number,
      lines: order.lines.map((line) => ({ title: line.title, quantity: String(line.quantity), total: shown(line.total) })),
      shipping: shown(order.shipping),
      total: shown(order.total),
      address: [at.name, at.line1, at.line2, `${at.postalCode} ${at.city}`, at.region, at.country].filter(Boolean).join(', '),
    },
  };
}

export function dispatchMail({ email, number, shipments }: OrderShippedV1): Mail {
  const values = { number, shipments: shipments.map(({ carrier, trackingCode }) => ({ carrier, trackingCode })) };
  return { kind: 'order.shipped', to: email, subject: `Your order ${number} is on its way`, values };
}

export function deliveryMail({ email, number }: OrderDeliveredV1): Mail {
  return { kind: 'order.delivered', to: email, subject: `Your order ${number} has arrived`, values: { number } };
}

export function cancellationMail({ email, number, reason, refund }: OrderCancelledV1): Mail {
  const refundSentence = refund ? `${shown(refund.amount)} are on their way back to you.` : 'You have not been charged.';
  return { kind: 'order.cancelled', to: email, subject: `Your order ${number} is cancelled`, values: { number, reason, refundSentence } };
}

export function refundMail({ email, number, amount, reason }: OrderRefundedV1): Mail {
  return { kind: 'order.refunded', to: email, subject: `A refund for your order ${number}`, values: { number, amount: shown(amount), reason } };
}
