import { setTimeout as sleep } from 'node:timers/promises';
import {
  type cartV1,
  type customerV1,
  type inventoryV1,
  inventoryV1 as inventory,
  type paymentV1,
  paymentV1 as payment,
  type Problem,
} from '@tandem/contracts';
import { type Peer, Refusal, wasNeverBegun } from '@tandem/host';
import type { Money, OrderId, PaymentId, RefundId } from '@tandem/kernel';
import type { CheckoutCommand } from '../domain/checkout.js';
import type { LinePart, Order, Quote } from '../domain/order.js';
import { awayProblem, isAway } from './away.js';
import { type Cause, requestOf } from './cause.js';
import { toWireAddress, toWireMoney } from './order-reply.js';
import { quoteFrom } from './quote.js';
import { type RedeemPeers, type Redeeming, redeemSteps } from './redeem-steps.js';

export type Pricing = { readonly kind: 'priced'; readonly quote: Quote } | { readonly kind: 'refused'; readonly problem: Problem };

export type Shortage = {
  readonly lineId: string;
  readonly variantId: string;
  readonly requested: number;
  readonly available: number;
  readonly seats: readonly string[];
};
export type Reserving =
  | { readonly kind: 'reserved' }
  | { readonly kind: 'out-of-stock'; readonly shortages: readonly Shortage[] }
  /** The reservation was given back before: this order is to end. */
  | { readonly kind: 'released' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** What is known of an order's payment. `none`: the bank was never asked, and never will be. */
export type Paying =
  | { readonly kind: 'captured' | 'voided'; readonly paymentId: PaymentId }
  | { readonly kind: 'declined'; readonly paymentId: PaymentId; readonly declineCode: string }
  | { readonly kind: 'requires-action'; readonly paymentId: PaymentId; readonly url: string }
  | { readonly kind: 'unknown'; readonly paymentId: PaymentId | null }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** `parts`: where the units lie, unless all of them lie at the default location. */
export type Taking =
  { readonly kind: 'taken'; readonly parts: readonly (LinePart & { readonly lineId: string })[] } | { readonly kind: 'expired' };

export type ChargeFacts = {
  readonly cause: Cause;
  readonly paymentMethod: string;
  /** The bank may have been asked before: by an earlier run, or by this one. */
  readonly mayHaveBeenAsked: boolean;
};

/**
 * The steps of a checkout, each beside what undoes it. All are idempotent by the order's id, so a run begins from the top whatever has
 * happened before. They throw when the other service is away and the outcome is not known.
 */
export type CheckoutSteps = {
  readonly price: { do(command: CheckoutCommand): Promise<Pricing> };
  readonly reserve: { do(order: Order, cause: Cause): Promise<Reserving>; undo(orderId: OrderId, cause: Cause): Promise<void> };
  /** Points and a promotion, set aside for orders whose total counts on them. */
  readonly redeem: { do(order: Order, cause: Cause): Promise<Redeeming>; undo(order: Order, cause: Cause): Promise<void> };
  readonly pay: {
    do(order: Order, facts: ChargeFacts): Promise<Paying>;
    /** Ends the payment so that no money stays taken, also one that was captured or never asked for. */
    undo(order: Pick<Order, 'id' | 'total'>, cause: Cause): Promise<Paying>;
  };
  /** Stock that was taken comes back by `order.cancelled`, as does all that follows a confirmed order. */
  readonly take: { do(order: Order, cause: Cause): Promise<Taking> };
  /** Money of a confirmed order goes back. Asking again with the same id changes nothing. */
  readonly refund: {
    do(orderId: OrderId, refund: { readonly id: RefundId; readonly giving: number; readonly amount: Money }, cause: Cause): Promise<Given>;
  };
};

/** `in-hand`: the bank has taken the refund, and has not given the money yet. */
export type Given = 'given' | 'in-hand';

export type StepPeers = {
  readonly cart: Pick<Peer<typeof cartV1.CartServiceService>, 'price'> & RedeemPeers['cart'];
  readonly loyalty: RedeemPeers['loyalty'];
  readonly customer: Pick<Peer<typeof customerV1.CustomerServiceService>, 'getProfile'>;
  readonly inventory: Pick<Peer<typeof inventoryV1.InventoryServiceService>, 'reserve' | 'release' | 'take'>;
  readonly payment: Pick<Peer<typeof paymentV1.PaymentServiceService>, 'charge' | 'findPayment' | 'void' | 'refund'>;
};

/** How long a step waits, milliseconds unless it says otherwise. */
export type Waits = {
  /** For the bank's word. Its own deadline is 10 s; the rest is for the way. */
  readonly payMs: number;
  /** For a payment service that cannot be reached at all: a restart takes less. */
  readonly unreachableMs: number;
  /** For inventory, once the shopper has paid. */
  readonly takeMs: number;
  /** Between two tries. */
  readonly pauseMs: number;
  /** How long a reservation holds, and points with it, seconds. Longer than any checkout may wait for its payment. */
  readonly reservationSeconds: number;
};
const usualWaits: Waits = { payMs: 12_000, unreachableMs: 4_000, takeMs: 4_000, pauseMs: 150, reservationSeconds: 900 };
const repeatable = { isRepeatable: true } as const;

export function checkoutSteps(peers: StepPeers, given: Partial<Waits> = {}): CheckoutSteps {
  const waits = { ...usualWaits, ...given };
  return {
    price: { do: (command) => price(peers, command) },
    reserve: {
      do: (order, cause) => reserve({ peers, order, cause, waits }),
      undo: async (orderId, cause) => void (await peers.inventory.release({ orderId }, { ...repeatable, ...requestOf(cause) })),
    },
    redeem: redeemSteps(peers, { ttlSeconds: waits.reservationSeconds, refusedOr }),
    pay: {
      do: (order, facts) => pay({ peers, order, facts, waits }),
      undo: async ({ id, total }, cause) =>
        payingOf(
          await peers.payment.void(
            { orderId: id, attempt: 1, amount: toWireMoney(total) },
            { ...repeatable, ...requestOf(cause), timeoutMs: waits.payMs },
          ),
        ),
    },
    take: { do: (order, cause) => take({ peers, order, cause, waits }) },
    refund: {
      do: async (orderId, { id, giving, amount }, cause) => {
        const wish = { orderId, refundId: id, giving, amount: toWireMoney(amount) };
        const { status } = await peers.payment.refund(wish, { ...repeatable, ...requestOf(cause), timeoutMs: waits.payMs });
        return status === 'pending' ? 'in-hand' : 'given';
      },
    },
  };
}

async function price({ cart, customer }: StepPeers, command: CheckoutCommand): Promise<Pricing> {
  const { cartId, principal, email, shippingAddress, shippingOptionId, requestId } = command;
  const ask = async (customerEmail?: string): Promise<Pricing> => {
    const request = {
      cartId,
      principalId: principal.id,
      ...(email === undefined ? {} : { email }),
      ...(shippingAddress === undefined ? {} : { shippingAddress: toWireAddress(shippingAddress) }),
      ...(shippingOptionId === undefined ? {} : { shippingOptionId }),
      ...(customerEmail === undefined ? {} : { customerEmail }),
    };
    return { kind: 'priced', quote: quoteFrom(await cart.price(request, { ...repeatable, requestId })) };
  };
  const pricing = await refusedOr(() => ask());
  if (principal.kind === 'guest' || !lacksEmail(pricing)) return pricing;
  // Neither the request nor the cart has an e-mail: the account's is the default, and only then it is asked for.
  return refusedOr(async () => {
    const profile = await customer.getProfile({ customerId: principal.id }, { ...repeatable, requestId });
    return profile.email === undefined ? pricing : ask(profile.email);
  });
}

function lacksEmail(pricing: Pricing): boolean {
  return pricing.kind === 'refused' && (pricing.problem.errors ?? []).some(({ pointer }) => pointer === '/email');
}

type Step = { readonly peers: StepPeers; readonly order: Order; readonly cause: Cause; readonly waits: Waits };

async function reserve({ peers: { inventory: stock }, order, cause, waits: { reservationSeconds: ttlSeconds } }: Step): Promise<Reserving> {
  return refusedOr<Reserving>(async () => {
    const lines = order.lines.map(({ lineId, variantId, quantity, seats = [] }) => ({ lineId, variantId, quantity, seats: [...seats] }));
    const { outcome, shortages } = await stock.reserve({ orderId: order.id, lines, ttlSeconds }, { ...repeatable, ...requestOf(cause) });
    if (outcome === inventory.Reservation_Outcome.OUTCOME_RESERVED) return { kind: 'reserved' };
    if (outcome === inventory.Reservation_Outcome.OUTCOME_RELEASED) return { kind: 'released' };
    return { kind: 'out-of-stock', shortages };
  });
}

async function take({ peers: { inventory: stock }, order, cause, waits: { takeMs, pauseMs } }: Step): Promise<Taking> {
  const until = performance.now() + takeMs;
  for (;;) {
    try {
      const { outcome, parts } = await stock.take({ orderId: order.id }, { ...repeatable, ...requestOf(cause) });
      return outcome === inventory.Taking_Outcome.OUTCOME_TAKEN ? { kind: 'taken', parts } : { kind: 'expired' };
    } catch (error) {
      if (!isAway(error) || performance.now() + pauseMs > until) throw error;
      await sleep(pauseMs);
    }
  }
}

/** Asks for the money until there is a word, or the time is up: then the outcome is unknown, unless the bank was surely never asked. */
async function pay({ peers, order, facts, waits }: { peers: StepPeers; order: Order; facts: ChargeFacts; waits: Waits }): Promise<Paying> {
  const begun = performance.now();
  let mayHaveBeenAsked = facts.mayHaveBeenAsked;
  for (;;) {
    const left = waits.payMs - (performance.now() - begun);
    try {
      return payingOf(await (order.status === 'pending' ? charge(peers, order, facts, left) : find(peers, order, facts, left)));
    } catch (error) {
      const refused = refusalOf(error);
      if (refused && (refused.code !== 'payment-unavailable' || !mayHaveBeenAsked)) return { kind: 'refused', problem: refused };
      mayHaveBeenAsked ||= !refused && !wasNeverBegun(error);
      const patienceMs = mayHaveBeenAsked && !wasNeverBegun(error) ? waits.payMs * 0.9 : waits.unreachableMs;
      if (performance.now() - begun + waits.pauseMs > patienceMs)
        return mayHaveBeenAsked ? { kind: 'unknown', paymentId: null } : { kind: 'refused', problem: awayProblem(error) };
      await sleep(waits.pauseMs);
    }
  }
}

function charge(
  { payment: bank }: StepPeers,
  order: Order,
  { paymentMethod, cause }: ChargeFacts,
  timeoutMs: number,
): Promise<paymentV1.Payment> {
  return bank.charge(
    { orderId: order.id, attempt: 1, amount: toWireMoney(order.total), paymentMethod },
    { timeoutMs, ...requestOf(cause) },
  );
}

/** What the bank says of a charge that was open before. One it does not know (yet) is asked for again: by the same key, so it is made once. */
async function find(peers: StepPeers, order: Order, facts: ChargeFacts, timeoutMs: number): Promise<paymentV1.Payment> {
  try {
    const found = await peers.payment.findPayment({ orderId: order.id, attempt: 1 }, { timeoutMs, ...requestOf(facts.cause) });
    return found.status === payment.Payment_Status.STATUS_UNKNOWN ? await charge(peers, order, facts, timeoutMs) : found;
  } catch (error) {
    if (error instanceof Refusal && error.problem.code === 'not-found') return charge(peers, order, facts, timeoutMs);
    throw error;
  }
}

function payingOf({ id, status, declineCode, actionUrl }: paymentV1.Payment): Paying {
  const paymentId = id as PaymentId;
  switch (status) {
    case payment.Payment_Status.STATUS_CAPTURED:
      return { kind: 'captured', paymentId };
    case payment.Payment_Status.STATUS_DECLINED:
      return { kind: 'declined', paymentId, declineCode: declineCode ?? 'declined' };
    case payment.Payment_Status.STATUS_VOIDED:
      return { kind: 'voided', paymentId };
    case payment.Payment_Status.STATUS_REQUIRES_ACTION:
      return { kind: 'requires-action', paymentId, url: actionUrl ?? '' };
    default:
      return { kind: 'unknown', paymentId };
  }
}

/** The problem of a refusal that says for sure that nothing has happened. */
function refusalOf(error: unknown): Problem | undefined {
  return error instanceof Refusal && !isAway(error) ? error.problem : undefined;
}

/** Turns a refusal into an answer; a service that is away before the money is asked for refuses as well. */
async function refusedOr<T>(work: () => Promise<T>): Promise<T | { kind: 'refused'; problem: Problem }> {
  try {
    return await work();
  } catch (error) {
    if (isAway(error)) return { kind: 'refused', problem: awayProblem(error) };
    if (error instanceof Refusal) return { kind: 'refused', problem: error.problem };
    throw error;
  }
}
