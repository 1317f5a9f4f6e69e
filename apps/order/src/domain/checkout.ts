import type { CartId, CustomerId, Money, OrderId, RefundId, Tx } from '@tandem/kernel';
import type { Address, Order } from './order.js';

/** What a shopper asks for, validated. */
export type CheckoutCommand = {
  readonly cartId: CartId;
  readonly principal: { readonly id: CustomerId; readonly kind: 'guest' | 'customer' | 'staff' };
  readonly paymentMethod: string;
  readonly expectedTotal: Money;
  readonly email?: string;
  readonly shippingAddress?: Address;
  readonly shippingOptionId?: string;
  /** Answer as soon as the order is placed; the rest goes on by itself. */
  readonly respondAsync: boolean;
  readonly requestId: string;
};

/** What a repeat of the request gets, as JSON: the reply, or the problem it was refused with. */
export type Answer = { readonly kind: 'reply' | 'problem'; readonly json: string };

/** The right to run one checkout. Whoever takes it over raises the epoch, and every write of a lower one changes nothing. */
export type Claim = {
  readonly orderId: OrderId;
  readonly epoch: number;
  /** The request has been answered (HTTP 202); the saga goes on. */
  readonly isAnswered: boolean;
  /** Since the request came, by the database's clock, milliseconds. */
  readonly ageMs: number;
  /** Why it is to be undone, as JSON of the run that decided so; null while it may still end well. */
  readonly ending: string | null;
  readonly command: CheckoutCommand;
};

/** Without room a key that has a row gets what it would get anyway, and a new one is not claimed. */
export type ClaimRequest = {
  readonly key: string;
  readonly requestHash: Uint8Array;
  readonly orderId: OrderId;
  readonly command: CheckoutCommand;
  readonly hasRoom: boolean;
};

export type Claiming =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'answered'; readonly answer: Answer; readonly requestId: string }
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'overloaded' };

/** One step of a run: what an operator sees of it. */
export type TimelineEntry = {
  readonly step: string;
  readonly at: string;
  readonly durationMs: number;
  readonly attempt: number;
  readonly instance: string;
  readonly result: string;
};

/** A call for an order after its checkout; its attempts are counted where it is written down. */
export type LaterCall = Omit<TimelineEntry, 'attempt'>;
/** Writes a call on the timeline of its order. */
export type AppendCall = (orderId: OrderId, call: LaterCall) => Promise<void>;

/** A call to another service that is owed until it has succeeded. */
export type Owed =
  | { readonly kind: 'release'; readonly orderId: OrderId }
  | { readonly kind: 'refund'; readonly orderId: OrderId; readonly refundId: RefundId; readonly amount: Money; readonly giving?: number }
  | { readonly kind: 'cancel'; readonly orderId: OrderId; readonly reason: string };

export type Placing =
  | { readonly kind: 'placed' }
  | { readonly kind: 'number-taken' }
  | { readonly kind: 'cart-taken'; readonly orderId: OrderId; readonly isConfirmed: boolean }
  | { readonly kind: 'lost' };

/** How a run leaves an order. `answer` is stored under the key unless one is there already. */
export type Leaving = { readonly answer: Answer; readonly timeline: readonly TimelineEntry[] };

/** How a cancelled checkout ends: with an answer, or with a key that is free again. */
export type Undoing = { readonly answer: Answer | null; readonly timeline: readonly TimelineEntry[]; readonly owed: readonly Owed[] };

/**
 * Claims and what their holders write. Each write is one transaction and carries the claim's epoch: `false` or `lost` means that somebody
 * else has taken the checkout over and nothing was written. Clocks of leases are the database's.
 */
export type CheckoutStore = {
  /** Claims the key for this instance. One caller of many gets `claimed`; `reused`: the key was used for another request; `overloaded`: it is new, and there is no room. */
  claim(request: ClaimRequest): Promise<Claiming>;
  find(orderId: OrderId): Promise<Order | undefined>;
  /** Writes the pending order and the first line of its history. With `answer` the request counts as answered. */
  place(claim: Claim, order: Order, answer: Answer | null): Promise<Placing>;
  /** Writes the confirmed order, its event, its history and the answer, and ends the claim. */
  confirm(claim: Claim, order: Order, leaving: Leaving): Promise<boolean>;
  /** Writes an order that waits, with the answer; the claim is due again after `againMs`. */
  hold(claim: Claim, order: Order, leaving: Leaving & { readonly againMs: number }): Promise<boolean>;
  /**
   * Writes down that the checkout is to be undone, before anything outside is taken back: a run that takes over goes on undoing, and one
   * that was taken over takes nothing back of an order that another run confirms.
   */
  giveUp(claim: Claim, ending: string): Promise<boolean>;
  /** Stock, points or a promotion of this owner's cancelled orders wait to be given back: a service was away. */
  owesBackOf(ownerId: CustomerId): Promise<boolean>;
  /** Writes the cancelled order, its event if the order was promised, and what is owed; ends the claim, or frees the key. */
  cancel(claim: Claim, order: Order, undoing: Undoing): Promise<boolean>;
  /** Ends a claim that never became an order: with an answer, or with a key that is free again. */
  release(claim: Claim, answer: Answer | null): Promise<boolean>;
  /**
   * A word has come that a checkout may wait for: it is due at once, or as soon as a run that is under way puts it down. Tells the runner after
   * the commit. False when none of this order is open.
   */
  wake(tx: Tx, orderId: OrderId): Promise<boolean>;
  /** Gives the claim up for now: whoever comes first after `againMs` runs it again from the top. */
  defer(claim: Claim, because: string, againMs: number): Promise<void>;
};
