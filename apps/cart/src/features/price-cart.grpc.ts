import { Controller } from '@nestjs/common';
import type { cartV1 } from '@tandem/contracts';
import { type Caller, notFound, parsePublicId, Refusal, Rpc, toPublicId } from '@tandem/host';
import { alreadyOrdered } from './already-ordered.js';
import { cartIdOf, detailsOf } from './cart-input.js';
import { addressReply, moneyReply, optionReply } from './cart-reply.js';
import { type Missing, PriceCart, type Quoting } from './price-cart.js';

/** The quote an order is made of. */
@Controller()
export class PriceCartGrpc {
  constructor(private readonly priceCart: PriceCart) {}

  @Rpc('CartService', 'price', ['service'])
  async handle(request: cartV1.PriceRequest, caller: Caller): Promise<cartV1.Quote> {
    const ownerId = parsePublicId('customer', request.principalId);
    if (!ownerId) throw notFound();
    const outcome = await this.priceCart.run(
      { cartId: cartIdOf(request.cartId), ownerId, overrides: detailsOf(request), customerEmail: request.customerEmail },
      caller,
    );
    if (outcome.kind === 'quoted') return replyOf(outcome);
    throw refusalFor(outcome);
  }
}

const wants: Readonly<Record<Missing, string>> = {
  '/email': 'an e-mail address, on the cart or in the body',
  '/shippingAddress': 'a delivery address, on the cart or in the body',
  '/shippingOptionId': "one of the cart's shipping options, on the cart or in the body",
};

function refusalFor(outcome: Exclude<Quoting, { kind: 'quoted' }>): Refusal {
  switch (outcome.kind) {
    case 'not-found':
      return notFound();
    case 'cart-empty':
      return new Refusal('cart-empty', { detail: 'put something into it first' });
    case 'already-ordered':
      return alreadyOrdered(outcome.orderId);
    case 'unknown-variant': {
      const lines = outcome.lines.map(({ id, variantId }) => ({
        lineId: toPublicId('line', id),
        variantId: toPublicId('variant', variantId),
      }));
      return new Refusal('unknown-variant', {
        detail: `not sold any more: ${lines.map(({ variantId }) => variantId).join(', ')}`,
        extensions: { lines },
      });
    }
    case 'missing': {
      const errors = outcome.fields.map((pointer) => ({ pointer, code: 'required', message: `wants ${wants[pointer]}` }));
      return new Refusal('validation-failed', {
        detail: errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; '),
        errors,
      });
    }
  }
}

function replyOf({ cart, priced, email, shippingAddress, option }: Extract<Quoting, { kind: 'quoted' }>): cartV1.Quote {
  return {
    cartId: toPublicId('cart', cart.id),
    currency: cart.currency,
    locale: cart.locale,
    email,
    shippingAddress: addressReply(shippingAddress),
    shippingOption: optionReply(option),
    lines: priced.lines.map((line) => ({
      lineId: toPublicId('line', line.id),
      variantId: toPublicId('variant', line.variantId),
      sku: line.sku,
      title: line.title,
      category: line.category,
      quantity: line.quantity,
      unitPrice: moneyReply(line.unitPrice),
      total: moneyReply(line.total),
      discount: moneyReply(line.discount),
      weightGrams: line.weightGrams,
      seats: [...(line.seats ?? [])],
      ...(line.picture ? { picture: line.picture } : {}),
    })),
    subtotal: moneyReply(priced.subtotal),
    shipping: moneyReply(priced.shipping),
    tax: moneyReply(priced.tax),
    discount: moneyReply(priced.discount),
    total: moneyReply(priced.total),
    ...(priced.pointsRedeemed === 0n
      ? {}
      : { pointsRedeemed: priced.pointsRedeemed.toString(), pointsValue: moneyReply(priced.pointsValue) }),
    ...(priced.promotionCode === null ? {} : { promotionCode: priced.promotionCode }),
  };
}
