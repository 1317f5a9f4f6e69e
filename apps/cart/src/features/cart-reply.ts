import type { cartV1, commonV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import { type Money, zero } from '@tandem/kernel';
import type { Address, Cart, Line } from '../domain/cart.js';
import type { PricedLine } from '../domain/pricing/price.js';
import type { ShippingOption } from '../domain/pricing/shipping.js';
import type { PricedCart } from './cart-view.js';

/** Money on the wire: int64 as text. */
export function moneyReply({ minor, currency }: Money): commonV1.Money {
  return { amount: minor.toString(), currency };
}

/** An address on the wire; what is not known is left out. */
export function addressReply(address: Address): commonV1.Address {
  return { ...address };
}

/** A shipping option on the wire. */
export function optionReply({ price, ...option }: ShippingOption): cartV1.ShippingOption {
  return { ...option, price: moneyReply(price) };
}

/** A cart as it is answered. A line that is not sold any more is shown without a price, so that it can be seen and removed. */
export function cartReply({ cart, priced }: Pick<PricedCart, 'cart' | 'priced'>): cartV1.Cart {
  return {
    id: toPublicId('cart', cart.id),
    version: cart.version.toString(),
    status: cart.status,
    ...(cart.orderId === null ? {} : { orderId: toPublicId('order', cart.orderId) }),
    currency: cart.currency,
    lines: [...priced.lines.map(lineReply), ...priced.gone.map((line) => goneReply(line, cart))],
    subtotal: moneyReply(priced.subtotal),
    shipping: moneyReply(priced.shipping),
    tax: moneyReply(priced.tax),
    discount: moneyReply(priced.discount),
    total: moneyReply(priced.total),
    ...(cart.email === null ? {} : { email: cart.email }),
    ...(cart.shippingAddress === null ? {} : { shippingAddress: addressReply(cart.shippingAddress) }),
    ...(cart.shippingOptionId === null ? {} : { shippingOptionId: cart.shippingOptionId }),
    ...(cart.pointsToRedeem === 0n ? {} : { pointsToRedeem: cart.pointsToRedeem.toString() }),
    ...(cart.promotionCode === null ? {} : { promotionCode: cart.promotionCode }),
    ...(priced.promotionIdle === null ? {} : { promotionIdle: priced.promotionIdle }),
    locale: cart.locale,
  };
}

function lineReply({ id, variantId, sku, title, quantity, unitPrice, total, seats = [] }: PricedLine): cartV1.CartLine {
  return {
    id: toPublicId('line', id),
    variantId: toPublicId('variant', variantId),
    sku,
    title,
    quantity,
    unitPrice: moneyReply(unitPrice),
    total: moneyReply(total),
    seats: [...seats],
  };
}

function goneReply({ id, variantId, quantity, seats = [] }: Line, { currency }: Cart): cartV1.CartLine {
  const nothing = moneyReply(zero(currency));
  return {
    id: toPublicId('line', id),
    variantId: toPublicId('variant', variantId),
    sku: '',
    title: 'No longer sold',
    quantity,
    unitPrice: nothing,
    total: nothing,
    seats: [...seats],
  };
}
