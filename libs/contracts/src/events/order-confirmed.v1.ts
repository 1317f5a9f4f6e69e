import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { address, currency, id, instant, money, orderFacts } from './fields.js';

/** An order is paid and its stock is taken. Carries all that a consumer needs, so that none calls back and a replay gives the same. */
export const OrderConfirmedV1 = defineEvent({
  type: 'order.confirmed.v1',
  topic: 'order',
  summary: 'An order is paid and its stock is taken.',
  key: (order) => order.orderId,
  schema: z.object({
    ...orderFacts,
    cartId: id('cart'),
    /** Whose order it is, guest or customer; `customerId` is null for a guest, who earns no points. */
    ownerId: id('cus'),
    currency,
    lines: z.array(
      z.object({
        lineId: id('line'),
        variantId: id('var'),
        sku: z.string(),
        title: z.string(),
        category: z.string(),
        quantity: z.int().positive(),
        unitPrice: money,
        total: money,
        discount: money,
        weightGrams: z.int().nonnegative(),
        /** Numbered units: the tickets. Absent where units have no numbers. */
        seats: z.array(z.string()).optional(),
        /** What the product looked like when it was bought: a path on the storefront that never shows anything else, and its size in pixels. Absent from orders of before. */
        picture: z.object({ url: z.string(), width: z.int().positive(), height: z.int().positive() }).optional(),
        /** Where the units lie, when something of the order lies elsewhere than at the default location. */
        parts: z.array(z.object({ locationId: id('loc'), quantity: z.int().positive() })).optional(),
      }),
    ),
    subtotal: money,
    shipping: money,
    tax: money,
    discount: money,
    shippingAddress: address,
    shippingOption: z.object({ id: z.string(), carrier: z.string(), service: z.string() }),
    pointsRedeemed: z.int().nonnegative(),
    /** The tier the customer had by then, as far as loyalty had told; absent for a guest, and for the first tier when it was never told. */
    tier: z.string().optional(),
    paymentId: id('pay'),
    confirmedAt: instant,
  }),
});
export type OrderConfirmedV1 = DataOf<typeof OrderConfirmedV1>;
