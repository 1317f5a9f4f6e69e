import type { cartV1, commonV1 } from '@tandem/contracts';
import { type CartId, type Currency, isCurrency, invariant, type LineId, type Money, money, type VariantId } from '@tandem/kernel';
import type { Address, Locale, Quote } from '../domain/order.js';

/** Cart's quote as order keeps it. Throws `BrokenInvariant` for one that is not whole: cart is ours. */
export function quoteFrom(reply: cartV1.Quote): Quote {
  invariant(isCurrency(reply.currency) && reply.shippingAddress && reply.shippingOption, `cart's quote of ${reply.cartId} is not whole`);
  const { id, carrier, service } = reply.shippingOption;
  const amount = (value: commonV1.Money | undefined): Money => amountFrom(value, reply.currency as Currency);
  return {
    cartId: reply.cartId as CartId,
    currency: reply.currency,
    locale: localeFrom(reply.locale),
    email: reply.email,
    shippingAddress: addressFrom(reply.shippingAddress),
    shippingOption: { id, carrier, service },
    lines: reply.lines.map((line) => ({
      lineId: line.lineId as LineId,
      variantId: line.variantId as VariantId,
      sku: line.sku,
      title: line.title,
      category: line.category,
      quantity: line.quantity,
      unitPrice: amount(line.unitPrice),
      total: amount(line.total),
      discount: amount(line.discount),
      weightGrams: line.weightGrams,
      ...(line.seats.length > 0 ? { seats: line.seats } : {}),
      ...(line.picture ? { picture: line.picture } : {}),
    })),
    subtotal: amount(reply.subtotal),
    shipping: amount(reply.shipping),
    tax: amount(reply.tax),
    discount: amount(reply.discount),
    total: amount(reply.total),
    pointsRedeemed: Number(reply.pointsRedeemed ?? 0),
    promotionCode: reply.promotionCode ?? null,
  };
}

/** An address without its empty optional lines. */
export function addressFrom({ name, line1, line2, city, postalCode, region, country, phone }: commonV1.Address): Address {
  return {
    name,
    line1,
    city,
    postalCode,
    country,
    ...(line2 ? { line2 } : {}),
    ...(region ? { region } : {}),
    ...(phone ? { phone } : {}),
  };
}

function amountFrom(value: commonV1.Money | undefined, currency: Currency): Money {
  if (!value) return money(0n, currency);
  invariant(value.currency === currency, `an amount in ${value.currency} in a quote in ${currency}`);
  return money(BigInt(value.amount), currency);
}

function localeFrom(text: string): Locale {
  return text === 'de' || text === 'fr' ? text : 'en';
}
