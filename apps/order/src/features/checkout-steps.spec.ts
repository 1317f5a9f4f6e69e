import { inventoryV1, paymentV1 } from '@tandem/contracts';
import { PeerUnavailable, Refusal } from '@tandem/host';
import type { CustomerId } from '@tandem/kernel';
import { aCommand, aPendingOrder } from '../domain/testing/orders.js';
import { checkoutSteps as stepsOn, type CheckoutSteps, type StepPeers } from './checkout-steps.js';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const order = aPendingOrder();
const captured = { id: 'pay_1', status: paymentV1.Payment_Status.STATUS_CAPTURED, amount: eur('4570') };
const cut = new PeerUnavailable('payment', 14, { cause: new Error('14 UNAVAILABLE: read ECONNRESET') });
const unreachable = new PeerUnavailable('payment', 14, {
  cause: new Error('14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED'),
});

/** Peers that refuse every call but those given. */
function peersWith(given: { [K in keyof StepPeers]?: Partial<StepPeers[K]> }): StepPeers {
  const unexpected = () => Promise.reject(new Error('unexpected call'));
  return {
    cart: { price: unexpected, claimPromotion: unexpected, releasePromotion: unexpected, ...given.cart },
    loyalty: { hold: unexpected, release: unexpected, ...given.loyalty },
    customer: { getProfile: unexpected, ...given.customer },
    inventory: { reserve: unexpected, release: unexpected, take: unexpected, ...given.inventory },
    payment: { charge: unexpected, findPayment: unexpected, void: unexpected, refund: unexpected, ...given.payment },
  };
}

const checkoutSteps = (peers: StepPeers): CheckoutSteps => stepsOn(peers, { payMs: 200, unreachableMs: 20, takeMs: 200, pauseMs: 1 });

/** Answers call by call; an `Error` is thrown, the last entry stays. */
function inTurn<T>(...answers: (T | Error)[]): () => Promise<T> {
  return () => {
    const next = (answers.length > 1 ? answers.shift() : answers[0]) as T | Error;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
}

describe('pricing', () => {
  const quote = {
    cartId: order.cartId,
    currency: 'EUR',
    locale: 'it',
    email: 'a@b.example',
    shippingAddress: { ...order.shippingAddress, line2: '' },
    shippingOption: { id: 'standard', title: 'Standard', price: eur('490'), estimatedDays: 3, carrier: 'sandbox', service: 'standard' },
    lines: [],
    subtotal: eur('0'),
    shipping: eur('490'),
    tax: eur('0'),
    discount: eur('0'),
    total: eur('490'),
  };
  const noEmail = new Refusal('validation-failed', { errors: [{ pointer: '/email', code: 'required', message: 'an e-mail' }] });

  it("asks for the account's e-mail only when cart knows none", async () => {
    const asked: unknown[] = [];
    const price: StepPeers['cart']['price'] = (request) => {
      asked.push(request.customerEmail);
      return request.customerEmail === undefined ? Promise.reject(noEmail) : Promise.resolve({ ...quote, email: request.customerEmail });
    };
    const getProfile = inTurn({ id: 'cus_1', email: 'ada@tandem.example', kind: 'customer', locale: 'en' });
    const pricing = await checkoutSteps(peersWith({ cart: { price }, customer: { getProfile } })).price.do(aCommand());
    expect(pricing).toMatchObject({
      kind: 'priced',
      quote: { email: 'ada@tandem.example', locale: 'en', shippingAddress: order.shippingAddress },
    });
    expect(asked).toEqual([undefined, 'ada@tandem.example']);
  });

  it('tells a guest without an e-mail to give one', async () => {
    const steps = checkoutSteps(peersWith({ cart: { price: inTurn<never>(noEmail) } }));
    expect(await steps.price.do(aCommand({ principal: { id: 'cus_1' as CustomerId, kind: 'guest' } }))).toEqual({
      kind: 'refused',
      problem: noEmail.problem,
    });
  });

  it('refuses as unavailable while cart is away', async () => {
    const steps = checkoutSteps(peersWith({ cart: { price: inTurn<never>(new PeerUnavailable('cart', 14)) } }));
    expect(await steps.price.do(aCommand())).toMatchObject({ kind: 'refused', problem: { code: 'unavailable', retryAfterSeconds: 1 } });
  });
});

describe('reserving', () => {
  it('names the shortages', async () => {
    const shortage = { lineId: 'line_1', variantId: 'var_1', requested: 2, available: 1, seats: [] };
    const reserve = inTurn({ outcome: inventoryV1.Reservation_Outcome.OUTCOME_OUT_OF_STOCK, shortages: [shortage] });
    expect(await checkoutSteps(peersWith({ inventory: { reserve } })).reserve.do(order, undefined)).toEqual({
      kind: 'out-of-stock',
      shortages: [shortage],
    });
  });
});

describe('paying', () => {
  const facts = { cause: undefined, paymentMethod: 'pm_card_visa', mayHaveBeenAsked: false };
  const bankAway = new Refusal('payment-unavailable', { retryAfterSeconds: 2 });

  it('goes on asking by the same key when the payment service was cut off, and gets its stored end', async () => {
    const steps = checkoutSteps(
      peersWith({ payment: { charge: inTurn<paymentV1.Payment>(cut, new Refusal('internal-error'), captured) } }),
    );
    expect(await steps.pay.do(order, facts)).toEqual({ kind: 'captured', paymentId: 'pay_1' });
  });

  it('is refused when the bank is away and was never asked', async () => {
    const steps = checkoutSteps(peersWith({ payment: { charge: inTurn<never>(bankAway) } }));
    expect(await steps.pay.do(order, facts)).toEqual({ kind: 'refused', problem: bankAway.problem });
  });

  it('is refused when the payment service could not be reached at all', async () => {
    const steps = checkoutSteps(peersWith({ payment: { charge: inTurn<never>(unreachable) } }));
    expect(await steps.pay.do(order, facts)).toMatchObject({ kind: 'refused', problem: { code: 'unavailable' } });
  });

  it('is unknown when the service could not be reached again after it may have been asked', async () => {
    const steps = checkoutSteps(peersWith({ payment: { charge: inTurn<never>(cut, unreachable) } }));
    expect(await steps.pay.do(order, facts)).toEqual({ kind: 'unknown', paymentId: null });
  });

  it('of an order that waits asks what became of it, and asks for the money again when the bank does not know', async () => {
    const waiting = aPendingOrder({ status: 'payment-unknown' });
    const found = checkoutSteps(peersWith({ payment: { findPayment: inTurn(captured) } }));
    expect(await found.pay.do(waiting, { ...facts, mayHaveBeenAsked: true })).toEqual({ kind: 'captured', paymentId: 'pay_1' });
    const unknown = checkoutSteps(
      peersWith({
        payment: { findPayment: inTurn({ ...captured, status: paymentV1.Payment_Status.STATUS_UNKNOWN }), charge: inTurn(captured) },
      }),
    );
    expect(await unknown.pay.do(waiting, { ...facts, mayHaveBeenAsked: true })).toEqual({ kind: 'captured', paymentId: 'pay_1' });
    const missing = checkoutSteps(
      peersWith({ payment: { findPayment: inTurn<never>(new Refusal('not-found')), charge: inTurn(captured) } }),
    );
    expect(await missing.pay.do(waiting, { ...facts, mayHaveBeenAsked: true })).toEqual({ kind: 'captured', paymentId: 'pay_1' });
  });
});

describe('taking', () => {
  it('waits for inventory to come back, for the shopper has paid', async () => {
    const take = inTurn<inventoryV1.Taking>(new PeerUnavailable('inventory', 14), new PeerUnavailable('inventory', 14), {
      outcome: inventoryV1.Taking_Outcome.OUTCOME_TAKEN,
      parts: [],
    });
    expect(await checkoutSteps(peersWith({ inventory: { take } })).take.do(order, undefined)).toEqual({ kind: 'taken', parts: [] });
  });
});
