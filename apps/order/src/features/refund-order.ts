import { Refusal } from '@tandem/host';
import type { Database, Now, OrderId, RefundId, Tx } from '@tandem/kernel';
import type { Owed } from '../domain/checkout.js';
import type { Order } from '../domain/order.js';
import { canBecome } from '../domain/order-states.js';
import type { OrderStore } from '../domain/order-store.js';
import {
  decideRefund,
  fitsAgain,
  type OrderRefund,
  type RefundDecision,
  type RefundStatus,
  returnedOf,
  type RefundWish,
} from '../domain/refund.js';
import type { Giving, RefundStore } from '../domain/refund-store.js';
import { isAway } from './away.js';
import type { Cause } from './cause.js';
import type { Given } from './checkout-steps.js';

export type RefundCommand = {
  readonly refundId: RefundId;
  readonly orderId: OrderId;
  readonly wish: RefundWish;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestHash: Uint8Array;
};
/** `reused`: another request has the id; `given-up`: the bank has refused it for good, and only an operator may have it asked for again. */
export type Opening =
  | { readonly kind: 'opened'; readonly refund: OrderRefund }
  | Exclude<RefundDecision, { kind: 'refundable' }>
  | { readonly kind: 'not-found' | 'reused' | 'given-up' };
/** What the bank is asked for. */
export type Owing = Pick<OrderRefund, 'id' | 'giving' | 'amount'>;
/** What the bank says of a refund. `pending`: nothing, it is asked again; `in-hand`: it has taken it and will say, it is asked again ever less often; `refused`: it never will give it. */
export type BankWord = { readonly kind: 'succeeded' | 'pending' | 'in-hand' } | { readonly kind: 'refused'; readonly because: string };

export type RefundParts = {
  readonly database: Database;
  readonly orders: Pick<OrderStore, 'lock' | 'refund'>;
  readonly refunds: RefundStore;
  /** Gives the money back, once per refund id and giving. Throws when the bank refuses, or cannot be reached. */
  readonly askBank: (orderId: OrderId, refund: Owing, cause: Cause) => Promise<Given>;
  readonly now: Now;
};

/** Whoever opened the refund asks the bank first; after this it is due for anyone, milliseconds. */
const ownTimeMs = 20_000;

/** Gives money of an order back: set aside under the order's lock, asked of the bank, settled. Each part is idempotent by the refund's id. */
export class RefundOrder {
  constructor(private readonly parts: RefundParts) {}

  open({ refundId, orderId, wish, reason, requestedBy, requestHash }: RefundCommand): Promise<Opening> {
    const { database, orders, refunds, now } = this.parts;
    return database.transaction(async (tx): Promise<Opening> => {
      const locked = await orders.lock(tx, orderId);
      if (!locked) return { kind: 'not-found' };
      const earlier = await refunds.ofOrder(tx, orderId);
      const known = earlier.find(({ id }) => id === refundId);
      if (known) return openedBefore(known, requestHash);
      const decision = decideRefund(locked.order, earlier, wish);
      if (decision.kind !== 'refundable') return decision;
      const { amount, lines } = decision;
      const refund: OrderRefund = {
        id: refundId,
        orderId,
        amount,
        cause: 'staff',
        reason,
        lines,
        status: 'pending',
        giving: 1,
        createdAt: now(),
        requestHash,
      };
      await refunds.open(tx, refund, { requestedBy, afterMs: ownTimeMs });
      return { kind: 'opened', refund };
    });
  }

  /** Never throws for what a bank or a network can do. */
  async ask({ orderId, id, giving, amount }: Owing & Pick<OrderRefund, 'orderId'>, cause: Cause): Promise<BankWord> {
    try {
      const given = await this.parts.askBank(orderId, { id, giving, amount }, cause);
      return { kind: given === 'given' ? 'succeeded' : 'in-hand' };
    } catch (error) {
      if (isAway(error)) return { kind: 'pending' };
      if (!(error instanceof Refusal)) throw error;
      if (error.problem.code === 'payment-unavailable') return { kind: 'pending' };
      return { kind: 'refused', because: error.problem.detail ?? error.problem.code };
    }
  }

  /** The bank has given the money: the refund is over, and the order tells of it unless a cancellation already has, or it has itself, before the money came back. */
  async settle(tx: Tx, orderId: OrderId, given: Giving): Promise<void> {
    const { orders, refunds, now } = this.parts;
    const locked = await orders.lock(tx, orderId);
    if (!locked || !(await refunds.end(tx, given, 'succeeded')) || given.giving > 1) return;
    const all = await refunds.ofOrder(tx, orderId);
    const refund = all.find(({ id }) => id === given.id);
    if (!refund || refund.cause === 'cancel') return;
    const refundedMinor = returnedOf(all);
    const isFull = refundedMinor >= locked.order.total.minor;
    await orders.refund(tx, locked.order, { refund, refundedMinor, isFull, status: statusAfter(locked.order, isFull), at: now() });
  }

  /**
   * The bank had given it, and the money came back to it. What the order has told of it stays told and stands; an operator sees it among the refused ones, and has the money alone given again. Of money
   * that was taken after its payment had ended, and that payment gave back by itself, the order has known nothing: from now on it has it as a refund of a cancellation. Throws
   * when it is not known here that it was given: that is told first.
   */
  async fail(tx: Tx, { orderId, id, amount }: Pick<OrderRefund, 'orderId' | 'id' | 'amount'>): Promise<void> {
    const { orders, refunds, now } = this.parts;
    const because = 'the money came back to the bank';
    if (!(await orders.lock(tx, orderId))) return; // a fact of an unknown order is counted as ignored; the auditor names its money (I1)
    if (await refunds.fail(tx, id, because)) return;
    const known = (await refunds.ofOrder(tx, orderId)).find((refund) => refund.id === id);
    if (known && known.giving > 1) return; // an earlier giving's news; the one that stands is asked for, and says so itself
    if (known) throw new Error(`the money of ${id} came back, and it is ${known.status} here`);
    const late = { id, orderId, amount, cause: 'cancel', reason: 'taken after its payment had ended', lines: [] } as const;
    await refunds.open(tx, { ...late, status: 'pending', giving: 1, createdAt: now() }, { requestedBy: null, afterMs: 0 });
    await refunds.end(tx, { id, giving: 1 }, 'succeeded');
    await refunds.fail(tx, id, because);
  }

  /** The bank will never give it: kept for an operator to see. */
  async refuse(giving: Giving, because: string): Promise<void> {
    await this.parts.database.transaction(async (tx) => void (await this.parts.refunds.end(tx, giving, 'refused', because)));
  }

  /** The bank has not said: it is asked again by whoever pays debts. */
  leave(tx: Tx, refundId: RefundId): Promise<void> {
    return this.parts.refunds.hurry(tx, refundId);
  }

  /** The bank refuses it while its request waits: forgotten, unless the order was cancelled meanwhile, or has told of it. That counted on it, so an operator sees it. */
  async giveUp({ id, orderId, giving }: OrderRefund, because: string, requestHash: Uint8Array): Promise<void> {
    const { database, orders, refunds } = this.parts;
    await database.transaction(async (tx) => {
      const locked = await orders.lock(tx, orderId);
      if (locked?.order.status === 'cancelled' || giving > 1) await refunds.end(tx, { id, giving }, 'refused', because);
      else await refunds.drop(tx, id, requestHash);
    });
  }

  /** What has become of a refund. */
  async statusOf(tx: Tx, orderId: OrderId, refundId: RefundId): Promise<RefundStatus | undefined> {
    return (await this.parts.refunds.ofOrder(tx, orderId)).find(({ id }) => id === refundId)?.status;
  }

  /** An operator has refused refunds asked for again: those that still fit. `stuck`: how many do not, because their money or units went back otherwise. */
  async revive(tx: Tx, orderId: OrderId): Promise<{ readonly revived: number; readonly stuck: number }> {
    const { orders, refunds } = this.parts;
    const locked = await orders.lock(tx, orderId);
    if (!locked) return { revived: 0, stuck: 0 };
    let standing = await refunds.ofOrder(tx, orderId);
    const refused = standing.filter(({ status }) => status === 'refused');
    let revived = 0;
    for (const refund of refused) {
      if (
        !fitsAgain(
          locked.order,
          standing.filter(({ id }) => id !== refund.id),
          refund,
        )
      )
        continue;
      await refunds.revive(tx, refund.id);
      standing = standing.map((each) => (each.id === refund.id ? { ...each, status: 'pending' } : each));
      revived += 1;
    }
    return { revived, stuck: refused.length - revived };
  }

  /** Pays a refund that is owed. Throws when the bank could not be asked. */
  async pay({ orderId, refundId: id, amount, giving = 1 }: Omit<Extract<Owed, { kind: 'refund' }>, 'kind'>): Promise<'ended' | 'in-hand'> {
    const word = await this.ask({ orderId, id, giving, amount }, undefined);
    if (word.kind === 'pending') throw new Error('the bank does not take the refund now');
    if (word.kind === 'in-hand') return 'in-hand';
    if (word.kind === 'refused') await this.refuse({ id, giving }, word.because);
    else await this.parts.database.transaction((tx) => this.settle(tx, orderId, { id, giving }));
    return 'ended';
  }
}

/** What a request gets that finds its refund there already. */
function openedBefore(known: OrderRefund, requestHash: Uint8Array): Opening {
  if (!known.requestHash || !Buffer.from(known.requestHash).equals(requestHash)) return { kind: 'reused' };
  return known.status === 'refused' || known.status === 'written-off' ? { kind: 'given-up' } : { kind: 'opened', refund: known };
}

function statusAfter(order: Order, isFull: boolean): 'refunded' | null {
  return isFull && canBecome(order.status, 'refunded') ? 'refunded' : null;
}
