import type { cartV1 } from '@tandem/contracts';
import { type Caller, invalidField, principalOf, Refusal, ownerOf } from '@tandem/host';
import type { Cart, Details } from '../domain/cart.js';
import type { SpendablePoints } from '../domain/ports.js';
import type { Idle } from '../domain/pricing/promotion.js';
import { show, type View } from './cart-view.js';
import { type CartWrite, type WriteCart } from './write-cart.js';

export type UpdateCommand = Pick<CartWrite, 'cartId' | 'expectedVersion' | 'requestHash'> & { readonly details: Details };

/** Keeps where a cart goes and what lowers its price. What cannot be honoured is refused now, not at the checkout. */
export class UpdateCart {
  constructor(
    private readonly writeCart: WriteCart,
    private readonly spendable: SpendablePoints,
  ) {}

  async run(caller: Caller, { details, ...write }: UpdateCommand): Promise<cartV1.Cart> {
    await this.checkPoints(caller, details.pointsToRedeem ?? 0n);
    return this.writeCart.run(caller, {
      ...write,
      details,
      variants: () => [],
      decide: (cart, view) => {
        checkOption(details, view);
        checkPromotion({ ...cart, ...details }, details, view);
        return Object.keys(details).length === 0 ? { kind: 'nothing' } : { kind: 'details', details };
      },
    });
  }

  /** Asked only when points are wanted: loyalty may be away for everybody else. */
  private async checkPoints(caller: Caller, points: bigint): Promise<void> {
    if (points === 0n) return;
    if (principalOf(caller).kind === 'guest') throw pointsRefusal('guest', 'guests have no points', 0n);
    const spendable = await this.spendable(ownerOf(caller), caller);
    if (points > spendable) throw pointsRefusal('not-enough', lackOf(spendable), spendable);
  }
}

/** Below zero when points that were spent have been taken back since. */
function lackOf(spendable: bigint): string {
  return spendable < 0n ? `none can be redeemed until ${-spendable} that are owed have been earned` : `${spendable} can be redeemed`;
}

function pointsRefusal(code: 'guest' | 'not-enough', message: string, available: bigint): Refusal {
  return new Refusal('points-not-available', {
    detail: message,
    errors: [{ pointer: '/pointsToRedeem', code, message }],
    extensions: { available: Number(available) },
  });
}

function checkOption({ shippingOptionId }: Details, { rates }: View): void {
  const offered = (rates?.tariffs ?? []).map(({ id }) => id);
  if (shippingOptionId === undefined || offered.includes(shippingOptionId)) return;
  throw invalidField('/shippingOptionId', 'unknown-shipping-option', `wants one of ${offered.join(', ')}`);
}

const whyIdle: Readonly<Record<Idle, string>> = {
  unknown: 'there is no such code',
  'not-started': 'it cannot be used yet',
  ended: 'it has ended',
  'used-up': 'it has been used as often as it may be',
  'first-order-only': 'it is for a first order',
  'nothing-eligible': 'it is for goods that are not in the cart',
  'minimum-not-reached': 'the goods it is for are worth too little',
  'not-in-this-currency': "it is not offered in the cart's currency",
};

/** A code that would do nothing is refused when it is given; one that stops working later stays on the cart without an effect. */
function checkPromotion(cart: Cart, { promotionCode }: Details, view: View): void {
  if (promotionCode === undefined || promotionCode === null) return;
  const because = show(cart, view).priced.promotionIdle;
  if (because === null) return;
  throw new Refusal('promotion-not-valid', {
    detail: `${promotionCode}: ${whyIdle[because]}`,
    errors: [{ pointer: '/promotionCode', code: because, message: whyIdle[because] }],
  });
}
