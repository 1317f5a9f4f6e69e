import type { cartV1 } from '@tandem/contracts';
import { z } from 'zod';
import { Address, addressFrom, currencyCode, email, line, Money, moneyFrom, moneyInput, NewAddress, present } from './common.schema.js';

/** Whatever a cart may add up to. */
const Total = moneyInput((amount) => amount.min(0)).meta({ id: 'Total' });

const optionId = z.string().min(1).max(100);
/** Units of one line. Source: docs/reference/api.md. */
const quantity = z.int().min(1).max(999);

export const NewCart = z.strictObject({ currency: currencyCode.optional() }).optional().meta({ id: 'NewCart' });
export const CartChange = z
  .strictObject({
    email: email.optional(),
    shippingAddress: NewAddress.optional(),
    shippingOptionId: optionId.optional(),
    pointsToRedeem: z.int().min(0).max(1_000_000_000).nullable().optional().describe('Points to pay with; null or 0 for none'),
    promotionCode: line(40).nullable().optional().describe('In any case; null takes it off'),
  })
  .meta({ id: 'CartChange' });
/** Labels of numbered units. */
const seats = z
  .array(line(20))
  .min(1)
  .max(999)
  .refine((labels) => new Set(labels).size === labels.length, 'must not name a seat twice')
  .optional();

export const NewLine = z
  .strictObject({
    variantId: z.string().min(1).max(100),
    quantity,
    seats: seats.describe('Of a variant with seats, as many as quantity; they come on top of those in the line'),
  })
  .meta({ id: 'NewLine' });
export const LineChange = z
  .strictObject({
    quantity: z.int().min(0).max(999).describe('0 removes the line'),
    seats: seats.describe('Of a variant with seats, as many as quantity; instead of those in the line'),
  })
  .meta({ id: 'LineChange' });
export const Checkout = z
  .strictObject({
    paymentMethod: z.string().min(1).max(100),
    expectedTotal: Total.describe('The total the shopper has seen'),
    email: email.optional(),
    shippingAddress: NewAddress.optional(),
    shippingOptionId: optionId.optional(),
  })
  .meta({ id: 'Checkout' });

const pickedSeats = z.array(z.string()).optional().describe('Numbered units, as many as quantity; absent where units have no numbers');
const Line = z
  .object({
    id: z.string(),
    variantId: z.string(),
    sku: z.string(),
    title: z.string(),
    quantity: z.int(),
    unitPrice: Money,
    total: Money,
    seats: pickedSeats,
  })
  .meta({ id: 'CartLine' });

export const Cart = z
  .object({
    id: z.string(),
    status: z.enum(['open', 'ordered']),
    orderId: z.string().optional(),
    currency: z.string(),
    lines: z.array(Line),
    subtotal: Money,
    shipping: Money,
    tax: Money,
    discount: Money,
    total: Money,
    email: z.string().optional(),
    shippingAddress: Address.optional(),
    shippingOptionId: z.string().optional(),
    pointsToRedeem: z.int().optional().describe('What was asked for; never more is redeemed than the goods cost'),
    promotionCode: z.string().optional(),
    promotionIdle: z.string().optional().describe('Why the code does nothing now, e.g. `ended`; absent while it lowers the price'),
  })
  .meta({ id: 'Cart', description: 'Always priced now' });
export type Cart = z.infer<typeof Cart>;

const ShippingOption = z.object({ id: z.string(), title: z.string(), price: Money, estimatedDays: z.int() }).meta({ id: 'ShippingOption' });
export const ShippingOptions = z.object({ data: z.array(ShippingOption) }).meta({ id: 'ShippingOptions' });

export function cartFrom(cart: cartV1.Cart): Cart {
  const { id, orderId, currency, email: mail, shippingAddress, shippingOptionId, pointsToRedeem, promotionCode, promotionIdle } = cart;
  return {
    id,
    status: cart.status as Cart['status'],
    ...present({ orderId }),
    currency,
    lines: cart.lines.map(lineFrom),
    subtotal: moneyFrom(cart.subtotal),
    shipping: moneyFrom(cart.shipping),
    tax: moneyFrom(cart.tax),
    discount: moneyFrom(cart.discount),
    total: moneyFrom(cart.total),
    ...present({ email: mail, shippingAddress: shippingAddress && addressFrom(shippingAddress), shippingOptionId }),
    ...present({ pointsToRedeem: pointsToRedeem === undefined ? undefined : Number(pointsToRedeem), promotionCode, promotionIdle }),
  };
}

/** A change as the cart service takes it, which knows no null: none is 0, or empty. */
export function changeTo({ pointsToRedeem, promotionCode, ...change }: z.infer<typeof CartChange>) {
  return present({
    ...change,
    pointsToRedeem: pointsToRedeem === undefined ? undefined : String(pointsToRedeem ?? 0),
    promotionCode: promotionCode === undefined ? undefined : (promotionCode ?? ''),
  });
}

/** A line of a cart, or of an order. */
export function lineFrom({
  id,
  variantId,
  sku,
  title,
  quantity: units,
  unitPrice,
  total,
  seats: picked,
}: cartV1.CartLine): z.infer<typeof Line> {
  return {
    id,
    variantId,
    sku,
    title,
    quantity: units,
    unitPrice: moneyFrom(unitPrice),
    total: moneyFrom(total),
    ...(picked.length > 0 ? { seats: picked } : {}),
  };
}

export function shippingOptionsFrom({ options }: cartV1.ShippingOptions): z.infer<typeof ShippingOptions> {
  return { data: options.map(({ id, title, price, estimatedDays }) => ({ id, title, price: moneyFrom(price), estimatedDays })) };
}
