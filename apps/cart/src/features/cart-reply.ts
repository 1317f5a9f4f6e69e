import type { cartV1, commonV1 } from '@tandem/contracts';
import { Refusal, toPublicId } from '@tandem/host';
import type { Money } from '@tandem/kernel';
import type { Address } from '../domain/cart.js';
import type { ShippingOption } from '../domain/ports.js';
import type { Viewing } from './cart-view.js';

export function moneyReply({ minor, currency }: Money): commonV1.Money {
  return { amount: minor.toString(), currency };
}

export function addressReply(address: Address): commonV1.Address {
  return { ...address };
}

export function optionReply({ price, ...option }: ShippingOption): cartV1.ShippingOption {
  return { ...option, price: moneyReply(price) };
}

/** A cart as it is answered. Refuses a cart with a variant that is not sold any more, naming it. */
export function cartReply(viewing: Viewing): cartV1.Cart {
  if (viewing.kind === 'unknown-variant') {
    const variantId = toPublicId('variant', viewing.variantId);
    throw new Refusal('unknown-variant', { detail: `${variantId} is not sold in this currency (any more): remove its line`, extensions: { variantId } });
  }
  const { cart, priced } = viewing;
  return {
    id: toPublicId('cart', cart.id),
    version: cart.version.toString(),
    status: cart.status,
    ...(cart.orderId === null ? {} : { orderId: toPublicId('order', cart.orderId) }),
    currency: cart.currency,
    lines: priced.lines.map((line) => ({
      id: toPublicId('line', line.id),
      variantId: toPublicId('variant', line.variantId),
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      unitPrice: moneyReply(line.unitPrice),
      total: moneyReply(line.total),
    })),
    subtotal: moneyReply(priced.subtotal),
    shipping: moneyReply(priced.shipping),
    tax: moneyReply(priced.tax),
    discount: moneyReply(priced.discount),
    total: moneyReply(priced.total),
    ...(cart.email === null ? {} : { email: cart.email }),
    ...(cart.shippingAddress === null ? {} : { shippingAddress: addressReply(cart.shippingAddress) }),
    ...(cart.shippingOptionId === null ? {} : { shippingOptionId: cart.shippingOptionId }),
    locale: cart.locale,
  };
}
