import { type CartId, type CustomerId, type LineId, money, type OrderId, type VariantId } from '@tandem/kernel';
import type { CheckoutCommand } from '../checkout.js';
import { type Order, place, type Quote } from '../order.js';

const eur = (minor: bigint) => money(minor, 'EUR');

/** Two mugs and a lamp to Berlin, 45.70 EUR. */
export function aQuote(change: Partial<Quote> = {}): Quote {
  return {
    cartId: 'cart_01h455vb4pex5vsknk084sn02q' as CartId,
    currency: 'EUR',
    locale: 'de',
    email: 'Ada@tandem.example',
    shippingAddress: { name: 'Ada', line1: 'Allee 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    shippingOption: { id: 'standard', carrier: 'sandbox', service: 'standard' },
    lines: [
      {
        lineId: 'line_01h455vb4pex5vsknk084sn02q' as LineId,
        variantId: 'var_01h455vb4pex5vsknk084sn02q' as VariantId,
        sku: 'MUG',
        title: 'Mug',
        category: 'kitchen',
        quantity: 2,
        unitPrice: eur(1_040n),
        total: eur(2_080n),
        discount: eur(0n),
        weightGrams: 300,
        picture: { url: '/v1/media/med_01h455vb4pex5vsknk084sn02q/1-320.jpeg', width: 320, height: 213 },
      },
      {
        lineId: 'line_01h455vb4pex5vsknk084sn02r' as LineId,
        variantId: 'var_01h455vb4pex5vsknk084sn02r' as VariantId,
        sku: 'LAMP',
        title: 'Lamp',
        category: 'home',
        quantity: 1,
        unitPrice: eur(2_000n),
        total: eur(2_000n),
        discount: eur(0n),
        weightGrams: 900,
      },
    ],
    subtotal: eur(4_080n),
    shipping: eur(490n),
    tax: eur(0n),
    discount: eur(0n),
    total: eur(4_570n),
    pointsRedeemed: 0,
    promotionCode: null,
    ...change,
  };
}

export function aCommand(change: Partial<CheckoutCommand> = {}): CheckoutCommand {
  return {
    cartId: 'cart_01h455vb4pex5vsknk084sn02q' as CartId,
    principal: { id: 'cus_01h455vb4pex5vsknk084sn02q' as CustomerId, kind: 'customer' },
    paymentMethod: 'pm_card_visa',
    expectedTotal: eur(4_570n),
    respondAsync: false,
    requestId: 'request-1',
    ...change,
  };
}

export function aPendingOrder(change: Partial<Order> = {}): Order {
  const owner = { ownerId: 'cus_01h455vb4pex5vsknk084sn02q' as CustomerId, customerId: 'cus_01h455vb4pex5vsknk084sn02q' as CustomerId };
  const order = place(aQuote(), {
    ...owner,
    id: 'ord_01h455vb4pex5vsknk084sn02q' as OrderId,
    number: 'ABCD1234',
    isPromised: false,
    now: new Date('2026-11-21T10:00:00Z'),
  });
  return { ...order, ...change };
}
