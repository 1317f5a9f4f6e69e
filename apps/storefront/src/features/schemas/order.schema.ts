import type { orderV1 } from '@tandem/contracts';
import { z } from 'zod';
import { lineFrom } from './cart.schema.js';
import { Address, addressFrom, email, listOf, Money, moneyFrom, page, present } from './common.schema.js';

export const Lookup = z.strictObject({ number: z.string().trim().min(1).max(20), email }).meta({ id: 'Lookup' });
export const Cancellation = z
  .strictObject({ reason: z.string().max(500).optional() })
  .optional()
  .meta({ id: 'Cancellation' });

const statuses = ['pending', 'requires-action', 'payment-unknown', 'confirmed', 'shipped', 'delivered', 'cancelled', 'refunded'] as const;

export const OrderQuery = z.strictObject({
  q: z.string().max(254).optional().describe('Number, e-mail or id'),
  status: z.enum(statuses).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  ...page,
});

const seats = z
  .array(z.string())
  .optional()
  .describe('The tickets: numbered units, theirs once the order is confirmed. Absent where units have no numbers');
const Line = z
  .object({
    id: z.string(),
    variantId: z.string(),
    sku: z.string(),
    title: z.string(),
    quantity: z.int(),
    unitPrice: Money,
    total: Money,
    seats,
  })
  .meta({ id: 'OrderLine' });

export const Order = z
  .object({
    id: z.string(),
    number: z.string(),
    status: z.enum(statuses),
    lines: z.array(Line),
    subtotal: Money,
    shipping: Money,
    tax: Money,
    discount: Money,
    total: Money,
    email: z.string(),
    shippingAddress: Address,
    payment: z.object({ id: z.string(), status: z.string(), amount: Money }).optional(),
    shipments: z.array(
      z.object({
        id: z.string(),
        status: z.string(),
        trackingCode: z.string(),
        estimatedDelivery: z.iso
          .date()
          .optional()
          .describe('The day the last parcel should arrive, as it was known when the labels were bought'),
      }),
    ),
    loyalty: z.object({ earned: z.int(), redeemed: z.int() }),
    createdAt: z.string(),
    confirmedAt: z.string().optional(),
    cancelReason: z.string().optional(),
    nextAction: z.object({ type: z.string(), url: z.string() }).optional(),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof Order>;
export const Orders = listOf(Order, 'Orders');

const OrderEvent = z
  .object({ sequence: z.int().describe('From 1 by 1'), type: z.string(), at: z.string(), data: z.record(z.string(), z.unknown()) })
  .meta({ id: 'OrderEvent' });
export const OrderEvents = listOf(OrderEvent, 'OrderEvents');
export const OrderEventStream = z.string().meta({
  id: 'OrderEventStream',
  description:
    'Server-sent events: `id` is the sequence, `event` the type, `data` one OrderEvent as JSON; a comment every 15 s while nothing happens',
});

export function orderFrom(order: orderV1.Order): Order {
  const { id, number, status, email: mail, shippingAddress, payment, loyalty, createdAt, confirmedAt, cancelReason, nextAction } = order;
  if (!shippingAddress) throw new TypeError('order left out the address');
  return {
    id,
    number,
    status: status as Order['status'],
    lines: order.lines.map(lineFrom),
    subtotal: moneyFrom(order.subtotal),
    shipping: moneyFrom(order.shipping),
    tax: moneyFrom(order.tax),
    discount: moneyFrom(order.discount),
    total: moneyFrom(order.total),
    email: mail,
    shippingAddress: addressFrom(shippingAddress),
    ...present({ payment: payment && { id: payment.id, status: payment.status, amount: moneyFrom(payment.amount) } }),
    shipments: order.shipments.map(({ id: shipmentId, status: shipmentStatus, trackingCode, estimatedDelivery }) => ({
      id: shipmentId,
      status: shipmentStatus,
      trackingCode,
      ...present({ estimatedDelivery }),
    })),
    loyalty: { earned: loyalty?.earned ?? 0, redeemed: loyalty?.redeemed ?? 0 },
    createdAt,
    ...present({ confirmedAt, cancelReason, nextAction: nextAction && { type: nextAction.type, url: nextAction.url } }),
  };
}

export function orderEventFrom({ sequence, type, at, dataJson }: orderV1.OrderEvent): z.infer<typeof OrderEvent> {
  return { sequence: Number(sequence), type, at, data: JSON.parse(dataJson === '' ? '{}' : dataJson) as Record<string, unknown> };
}
