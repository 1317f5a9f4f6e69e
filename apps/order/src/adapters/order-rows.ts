import { toPublicId } from '@tandem/host';
import { type Currency, type Money, money } from '@tandem/kernel';
import type { Address, Locale, NextAction, Order, OrderLine, PaymentStatus, ShipmentStatus } from '../domain/order.js';
import type { OrderStatus } from '../domain/order-states.js';

/** A row of `orders`, as Prisma and the statements below read it; `pg` gives int8 as text. */
export type OrderRow = {
  readonly id: string;
  readonly sequence: bigint | string;
  readonly number: string;
  readonly ownerId: string;
  readonly customerId: string | null;
  readonly cartId: string;
  readonly status: string;
  readonly isPromised: boolean;
  readonly email: string;
  readonly locale: string;
  readonly currency: string;
  readonly subtotal: bigint | string;
  readonly shipping: bigint | string;
  readonly tax: bigint | string;
  readonly discount: bigint | string;
  readonly total: bigint | string;
  readonly lines: unknown;
  readonly address: unknown;
  readonly shippingOption: unknown;
  readonly paymentId: string | null;
  readonly paymentStatus: string | null;
  readonly pointsEarned: number;
  readonly pointsRedeemed: number;
  readonly promotionCode: string | null;
  readonly nextAction: unknown;
  readonly cancelReason: string | null;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  readonly shipments: readonly ShipmentRow[];
};

type ShipmentRow = {
  readonly id: string;
  readonly status: string;
  readonly carrier: string;
  readonly trackingCode: string;
  readonly trackingCodes: readonly string[];
  readonly estimatedDelivery: string | null;
};

/** A line in `orders.lines`: amounts in minor units of the order's currency. */
type LineJson = Omit<OrderLine, 'unitPrice' | 'total' | 'discount'> & {
  readonly unitPrice: number;
  readonly total: number;
  readonly discount: number;
};

/** The columns of `OrderRow`, of `orders AS o`. */
export const orderColumns = `o.id, o.sequence, o.number, o.owner_id AS "ownerId", o.customer_id AS "customerId", o.cart_id AS "cartId", o.status,
  o.is_promised AS "isPromised", o.email, o.locale, o.currency, o.subtotal, o.shipping, o.tax, o.discount, o.total, o.lines, o.address,
  o.shipping_option AS "shippingOption", o.payment_id AS "paymentId", o.payment_status AS "paymentStatus", o.points_earned AS "pointsEarned",
  o.points_redeemed AS "pointsRedeemed", o.promotion_code AS "promotionCode", o.next_action AS "nextAction", o.cancel_reason AS "cancelReason", o.created_at AS "createdAt",
  o.confirmed_at AS "confirmedAt", (SELECT coalesce(json_agg(json_build_object('id', s.id, 'status', s.status, 'carrier', s.carrier,
    'trackingCode', s.tracking_code, 'trackingCodes', s.tracking_codes, 'estimatedDelivery', s.estimated_delivery) ORDER BY s.position), '[]') FROM order_shipment s WHERE s.order_id = o.id) AS shipments`;

export function orderFrom(row: OrderRow): Order {
  const currency = row.currency as Currency;
  const amount = (minor: bigint | string | number): Money => money(BigInt(minor), currency);
  const lines = (row.lines as readonly LineJson[]).map((line) => ({
    ...line,
    unitPrice: amount(line.unitPrice),
    total: amount(line.total),
    discount: amount(line.discount),
  }));
  return {
    id: toPublicId('order', row.id),
    number: row.number,
    ownerId: toPublicId('customer', row.ownerId),
    customerId: row.customerId === null ? null : toPublicId('customer', row.customerId),
    cartId: toPublicId('cart', row.cartId),
    status: row.status as OrderStatus,
    isPromised: row.isPromised,
    email: row.email,
    locale: row.locale as Locale,
    currency,
    lines,
    shippingAddress: row.address as Address,
    shippingOption: row.shippingOption as Order['shippingOption'],
    subtotal: amount(row.subtotal),
    shipping: amount(row.shipping),
    tax: amount(row.tax),
    discount: amount(row.discount),
    total: amount(row.total),
    payment:
      row.paymentId === null
        ? null
        : { id: toPublicId('payment', row.paymentId), status: (row.paymentStatus ?? 'unknown') as PaymentStatus },
    nextAction: row.nextAction as NextAction | null,
    cancelReason: row.cancelReason,
    shipments: row.shipments.map(({ id, status, carrier, trackingCode, trackingCodes, estimatedDelivery }) => ({
      id: toPublicId('shipment', id),
      status: status as ShipmentStatus,
      carrier,
      trackingCode,
      ...(trackingCodes.length === 0 ? {} : { trackingCodes }),
      ...(estimatedDelivery === null ? {} : { estimatedDelivery }),
    })),
    points: { earned: row.pointsEarned, redeemed: row.pointsRedeemed },
    promotionCode: row.promotionCode,
    createdAt: row.createdAt,
    confirmedAt: row.confirmedAt,
  };
}

/** The lines as they are stored. */
export function linesJson(lines: readonly OrderLine[]): string {
  return JSON.stringify(
    lines.map((line): LineJson => ({
      ...line,
      unitPrice: Number(line.unitPrice.minor),
      total: Number(line.total.minor),
      discount: Number(line.discount.minor),
    })),
  );
}
