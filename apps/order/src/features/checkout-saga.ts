import { type Problem, problems } from '@tandem/contracts';
import { equals, invariant, type Now, type PaymentId, type RefundId } from '@tandem/kernel';
import type { CheckoutStore, Claim, Owed } from '../domain/checkout.js';
import { cancel, confirm, hold, located, type Order, type Payment, place, type Quote, redeems } from '../domain/order.js';
import { isOpen, patienceMs } from '../domain/order-states.js';
import { isAway } from './away.js';
import { answerOf, cartTaken, declined, outOfStock, priceChanged, reservationExpired } from './checkout-problems.js';
import type { CheckoutSteps, Paying } from './checkout-steps.js';
import { answerWith } from './order-reply.js';
import { createTimeline, type Timeline } from './timeline.js';

/** How a run ended. `accepted`: HTTP 202, the bank or the shopper has the next word; `waiting`: to be run again; `lost`: somebody else runs it. */
export type CheckoutOutcome =
  | { readonly kind: 'confirmed' | 'accepted'; readonly order: Order }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'waiting'; readonly because: string; readonly againMs?: number }
  | { readonly kind: 'lost' };

/** A run whose order is placed. */
export type Placed = { readonly kind: 'placed'; readonly run: Run; readonly order: Order };
type Run = { readonly claim: Claim; readonly timeline: Timeline };

/** Why a run is undone. */
type Ending = {
  readonly reason: string;
  readonly problem: Problem;
  /** What is known of the payment, once it is over or never began: then it needs no undoing. */
  readonly payment?: Payment | null;
  /** Stock may be reserved. Default true. */
  readonly hasStock?: boolean;
};

export type Surroundings = {
  readonly now: Now;
  readonly instance: string;
  readonly newNumber: () => string;
  readonly newRefundId: () => RefundId;
};

/**
 * When a held order is looked at again, milliseconds. The first look catches what was told while the order was being written down. Later ones
 * ask the bank for an unknown payment; a challenge is told by webhook, so looking is only the net below.
 */
const againMs = { first: 2_000, challenged: 30_000 };

/**
 * The checkout: price, place, reserve, redeem, pay, take, confirm. Every run begins at the top; steps that were taken before answer from their own
 * rows, so a crash anywhere is cured by running again. Undoing goes the same way, once it is written down that the checkout is undone:
 * payment, then stock, then the order is cancelled.
 */
export class CheckoutSaga {
  constructor(
    private readonly steps: CheckoutSteps,
    private readonly store: CheckoutStore,
    private readonly surroundings: Surroundings,
  ) {}

  /** Runs a claim to its end, or to where somebody else has the next word. Throws when a service that must answer now is away. */
  async run(claim: Claim): Promise<CheckoutOutcome> {
    const begun = await this.begin(claim);
    return begun.kind === 'placed' ? this.finish(begun) : begun;
  }

  /** The first part: a priced, pending order. */
  async begin(claim: Claim): Promise<Placed | CheckoutOutcome> {
    const { now, instance } = this.surroundings;
    const run: Run = { claim, timeline: createTimeline({ attempt: claim.epoch, instance, now }) };
    const known = claim.epoch === 1 ? undefined : await this.store.find(claim.orderId);
    if (known) return isOpen(known.status) ? { kind: 'placed', run, order: known } : { kind: 'lost' };
    if (claim.ending !== null) return this.refuse(claim, (JSON.parse(claim.ending) as Ending).problem);
    // Nothing outside has happened without an order: what fails again and again here ends by leaving the key free.
    if (isOverdue(claim, 'pending')) return this.refuse(claim, { code: 'unavailable', retryAfterSeconds: 1 });
    const { expectedTotal } = claim.command;
    const pricing = await run.timeline.time('price', () => this.steps.price.do(claim.command));
    if (pricing.kind === 'refused') return this.refuse(claim, pricing.problem);
    if (!equals(pricing.quote.total, expectedTotal)) return this.refuse(claim, priceChanged(expectedTotal, pricing.quote.total));
    return this.place(run, pricing.quote);
  }

  /** The rest: what is reserved, paid and taken becomes a confirmed order, or is undone. */
  async finish({ run, order }: Placed): Promise<CheckoutOutcome> {
    if (run.claim.ending !== null) return this.takeBack(run, order, JSON.parse(run.claim.ending) as Ending);
    const reserving = await run.timeline.time('reserve', () => this.steps.reserve.do(order, run.claim.command));
    switch (reserving.kind) {
      case 'reserved':
        return redeems(order) ? this.redeem(run, order) : this.pay(run, order);
      case 'out-of-stock':
        return this.lack(run, order, { problem: outOfStock(reserving.shortages), hasStock: false });
      case 'released':
        return this.undo(run, order, { reason: 'unavailable', problem: { code: 'unavailable', retryAfterSeconds: 1 }, hasStock: false });
      case 'refused':
        return this.refuseOrWait(run, order, { reason: reserving.problem.code, problem: reserving.problem });
    }
  }

  private async place(run: Run, quote: Quote): Promise<Placed | CheckoutOutcome> {
    const { claim, timeline } = run;
    const { principal, respondAsync } = claim.command;
    const owner = { ownerId: principal.id, customerId: principal.kind === 'guest' ? null : principal.id };
    for (let tries = 0; tries < 5; tries += 1) {
      const order = place(quote, {
        ...owner,
        id: claim.orderId,
        number: this.surroundings.newNumber(),
        isPromised: respondAsync,
        now: this.surroundings.now(),
      });
      const placing = await timeline.time('place', () => this.store.place(claim, order, respondAsync ? answerWith(order) : null));
      if (placing.kind === 'placed') return { kind: 'placed', run, order };
      if (placing.kind === 'cart-taken') return this.refuse(claim, cartTaken(placing.orderId, placing.isConfirmed));
      if (placing.kind === 'lost') return { kind: 'lost' };
    }
    invariant(false, 'five order numbers in a row were taken');
  }

  /** What an earlier try of the same shopper could not give back yet may be the very thing that is missing: then nobody can say that it is gone. */
  private async lack(run: Run, order: Order, ending: Omit<Ending, 'reason'>): Promise<CheckoutOutcome> {
    if (!(await this.store.owesBackOf(order.ownerId))) return this.undo(run, order, { ...ending, reason: ending.problem.code });
    const problem: Problem = { code: 'unavailable', detail: 'an earlier try has not given everything back yet', retryAfterSeconds: 1 };
    return this.refuseOrWait(run, order, { ...ending, reason: problem.code, problem });
  }

  private async redeem(run: Run, order: Order): Promise<CheckoutOutcome> {
    const redeeming = await run.timeline.time('redeem', () => this.steps.redeem.do(order, run.claim.command));
    if (redeeming.kind === 'redeemed') return this.pay(run, order);
    const { problem } = redeeming;
    if (!problems[problem.code].retryable) return this.lack(run, order, { problem });
    return this.refuseOrWait(run, order, { reason: problem.code, problem });
  }

  private async pay(run: Run, order: Order): Promise<CheckoutOutcome> {
    const { claim, timeline } = run;
    const facts = { paymentMethod: claim.command.paymentMethod, mayHaveBeenAsked: claim.epoch > 1, cause: claim.command };
    const paying = await timeline.time('pay', () => this.steps.pay.do(order, facts));
    switch (paying.kind) {
      case 'captured':
        return this.take(run, order, paying.paymentId);
      case 'declined':
        return this.undo(run, order, {
          reason: 'payment-declined',
          problem: declined(paying.declineCode),
          payment: { id: paying.paymentId, status: 'declined' },
        });
      case 'voided':
        return this.undo(run, order, {
          reason: 'payment-voided',
          problem: declined('voided'),
          payment: { id: paying.paymentId, status: 'voided' },
        });
      case 'unknown':
      case 'requires-action':
        return this.wait(run, order, paying);
      case 'refused':
        return this.refuseOrWait(run, order, { reason: paying.problem.code, problem: paying.problem, payment: null });
    }
  }

  private async take(run: Run, order: Order, paymentId: PaymentId): Promise<CheckoutOutcome> {
    const taking = await run.timeline.time('take', () => this.steps.take.do(order, run.claim.command));
    if (taking.kind === 'expired') return this.undo(run, order, { reason: 'out-of-stock', problem: reservationExpired() });
    const confirmed = confirm(located(order, taking.parts), { id: paymentId }, this.surroundings.now());
    const isDone = await this.store.confirm(run.claim, confirmed, { answer: answerWith(confirmed), timeline: run.timeline.entries });
    return isDone ? { kind: 'confirmed', order: confirmed } : { kind: 'lost' };
  }

  /** The bank has not said, or the shopper has to act. What takes too long is undone. */
  private async wait(run: Run, order: Order, paying: Extract<Paying, { kind: 'unknown' | 'requires-action' }>): Promise<CheckoutOutcome> {
    const status = paying.kind === 'unknown' ? 'payment-unknown' : 'requires-action';
    if (run.claim.isAnswered && isOverdue(run.claim, status))
      return this.undo(run, order, { reason: 'payment-timed-out', problem: declined('timed-out') });
    if (order.status === status)
      return { kind: 'waiting', because: status, ...(status === 'requires-action' ? { againMs: againMs.challenged } : {}) };
    const nextAction = paying.kind === 'unknown' ? null : { type: 'redirect', url: paying.url };
    const held = hold(order, { status, paymentId: paying.paymentId, nextAction });
    const isDone = await this.store.hold(run.claim, held, {
      answer: answerWith(held),
      timeline: run.timeline.entries,
      againMs: againMs.first,
    });
    return isDone ? { kind: 'accepted', order: held } : { kind: 'lost' };
  }

  /** An order the shopper was promised is not given up because a service is away for a moment. */
  private async refuseOrWait(run: Run, order: Order, ending: Ending): Promise<CheckoutOutcome> {
    const mayWait = run.claim.isAnswered && problems[ending.problem.code].retryable && !isOverdue(run.claim, order.status);
    return mayWait ? { kind: 'waiting', because: ending.problem.code } : this.undo(run, order, ending);
  }

  /** Decides that the checkout is undone, and undoes it. Where nothing outside has happened, the cancelled order is decision enough. */
  private async undo(run: Run, order: Order, ending: Ending): Promise<CheckoutOutcome> {
    const hasNothing = ending.hasStock === false && !mayHaveRedeemed(run, order) && (ending.payment !== undefined || !mayHavePaid(run));
    if (!hasNothing && !(await this.store.giveUp(run.claim, JSON.stringify(ending)))) return { kind: 'lost' };
    return this.takeBack(run, order, ending);
  }

  private async takeBack(run: Run, order: Order, ending: Ending): Promise<CheckoutOutcome> {
    const { claim, timeline } = run;
    const over =
      ending.payment === undefined
        ? await this.undoPayment(run, order, ending.problem)
        : { payment: ending.payment, problem: ending.problem, owed: [] };
    if (over === undefined) return { kind: 'waiting', because: 'the payment is not over' };
    const owed = [...over.owed, ...(await this.giveBack(run, order, ending))];
    const reason = over.payment?.status === 'declined' ? 'payment-declined' : ending.reason;
    const cancelled = cancel(order, reason, over.payment);
    const isDone = await this.store.cancel(claim, cancelled, { answer: answerOf(over.problem), timeline: timeline.entries, owed });
    return isDone ? { kind: 'refused', problem: over.problem } : { kind: 'lost' };
  }

  /** Takes the payment back unless the bank was surely never asked; `undefined` while its end is open. */
  private async undoPayment(
    run: Run,
    order: Order,
    problem: Problem,
  ): Promise<{ payment: Payment | null; problem: Problem; owed: Owed[] } | undefined> {
    if (!mayHavePaid(run)) return { payment: null, problem, owed: [] };
    const ended = await run.timeline.time('undo payment', () => this.steps.pay.undo(order, run.claim.command));
    switch (ended.kind) {
      case 'voided':
        return { payment: { id: ended.paymentId, status: 'voided' }, problem, owed: [] };
      case 'declined':
        return { payment: { id: ended.paymentId, status: 'declined' }, problem: declined(ended.declineCode), owed: [] };
      case 'captured': // the bank does not take it back any more: the money is returned
        return {
          payment: { id: ended.paymentId, status: 'captured' },
          problem,
          owed: [{ kind: 'refund', orderId: order.id, refundId: this.surroundings.newRefundId(), amount: order.total }],
        };
      default:
        return undefined;
    }
  }

  /** Gives points, promotion and stock back now, or owes it: the order need not wait for it. */
  private async giveBack(run: Run, order: Order, { hasStock = true }: Ending): Promise<Owed[]> {
    try {
      if (mayHaveRedeemed(run, order)) await this.steps.redeem.undo(order, run.claim.command);
      if (hasStock) await this.steps.reserve.undo(order.id, run.claim.command);
      return [];
    } catch (error) {
      if (isAway(error)) return [{ kind: 'release', orderId: order.id }];
      throw error;
    }
  }

  private async refuse(claim: Claim, problem: Problem): Promise<CheckoutOutcome> {
    const isDone = await this.store.release(claim, answerOf(problem));
    return isDone ? { kind: 'refused', problem } : { kind: 'lost' };
  }
}

/** Points may be held, or the promotion claimed: by this run, or by one before. */
function mayHaveRedeemed({ claim, timeline }: Run, order: Order): boolean {
  return redeems(order) && (claim.epoch > 1 || timeline.entries.some(({ step }) => step === 'redeem'));
}

/** The bank may have been asked: in this run, or in one before. */
function mayHavePaid({ claim, timeline }: Run): boolean {
  return claim.epoch > 1 || timeline.entries.some(({ step }) => step === 'pay');
}

function isOverdue(claim: Claim, status: Order['status']): boolean {
  return status in patienceMs && claim.ageMs > patienceMs[status as keyof typeof patienceMs];
}
