import { PaymentCapturedV1, PaymentDeclinedV1, PaymentRefundedV1, PaymentRefundFailedV1 } from '@tandem/contracts';
import { type Currency, type Database, type Money, money, type Now, type Session, sessionOf, type Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import { newUuid, toPublicId } from '@tandem/host';
import { type Attempt, decideRefund, type Payment, type PaymentStatus, statusesBefore } from '../domain/payment.js';
import type { Giving, NewPayment, OpenedRefund, PaymentStore, RefundShare, Settlement } from '../domain/payment-store.js';
import * as sql from './payment-statements.js';

type Row = {
  id: string;
  order_id: string;
  attempt: number;
  minor: string;
  currency: Currency;
  payment_method: string;
  status: PaymentStatus;
  charge_id: string | null;
  decline_code: string | null;
  action_url: string | null;
};

type RefundRow = { readonly id: string; readonly minor: string; readonly status: string; readonly giving: number };

/** Payments and refunds in PostgreSQL; facts leave by the outbox in the transaction that makes them true. */
export class PgPaymentStore implements PaymentStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly now: Now,
  ) {}

  open(wanted: NewPayment): Promise<Payment> {
    return this.opened(wanted, 'pending');
  }

  openVoided(attempt: Attempt, amount: Money): Promise<Payment> {
    return this.opened({ ...attempt, amount, paymentMethod: 'none' }, 'voided');
  }

  async find({ orderId, attempt }: Attempt): Promise<Payment | undefined> {
    const [row] = await this.database.query<Row>(sql.find, [orderId, attempt]);
    return row && paymentOf(row);
  }

  async settle(id: string, settlement: Settlement): Promise<Payment> {
    return (await changed(this.database, id, settlement)) ?? (await byId(this.database, id));
  }

  async settleAndTell(id: string, settlement: Settlement): Promise<Payment> {
    return this.database.transaction(async (tx) => {
      const settled = await changed(sessionOf(tx), id, settlement);
      if (!settled) return byId(sessionOf(tx), id);
      await this.tell(tx, settled);
      return settled;
    });
  }

  async reopenToReturn(id: string, chargeId: string): Promise<void> {
    await this.database.query(sql.reopenToReturn, [id, chargeId]);
  }

  async isReturning(id: string): Promise<boolean> {
    return (await this.database.query(sql.isReturning, [id])).length > 0;
  }

  async openRefund({ refundId, giving, orderId, amount }: Parameters<PaymentStore['openRefund']>[0]): Promise<OpenedRefund> {
    return this.database.transaction(async (tx) => {
      const session = sessionOf(tx);
      const [row] = await session.query<Row>(sql.lockCaptured, [orderId]);
      if (!row) return { kind: 'not-found' };
      const payment = paymentOf(row);
      const refunds = await session.query<RefundRow>(sql.refundsOf, [payment.id]);
      const refunded = refunds.filter(({ status }) => status !== 'failed').reduce((total, refund) => total + BigInt(refund.minor), 0n);
      const earlier = refunds.find((refund) => refund.id === refundId);
      if (earlier && earlier.status !== 'failed')
        return {
          kind: earlier.status === 'succeeded' ? 'done' : 'opened',
          payment,
          giving: earlier.giving,
          amount: money(BigInt(earlier.minor), payment.amount.currency),
          remainingMinor: payment.amount.minor - refunded,
        };
      if (earlier && earlier.giving >= giving) return { kind: 'came-back' };
      const again = earlier ? money(BigInt(earlier.minor), payment.amount.currency) : amount;
      const decision = decideRefund(payment, refunded, again);
      if (decision.kind === 'refused') return decision;
      if (earlier) await session.query(sql.openAgain, [refundId, giving]);
      else await session.query(sql.openRefund, [refundId, payment.id, again.minor]);
      return {
        kind: 'opened',
        payment,
        giving: earlier ? giving : 1,
        amount: again,
        remainingMinor: payment.amount.minor - refunded - again.minor,
      };
    });
  }

  async holdRefund({ refundId, giving }: Giving): Promise<void> {
    await this.database.query(sql.holdRefund, [refundId, giving]);
  }

  async settleRefund({ refundId, giving }: Giving, { payment, amount }: Omit<RefundShare, 'remainingMinor'>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const session = sessionOf(tx);
      await session.query(sql.lockById, [payment.id]);
      const [changed] = await session.query(sql.settleRefund, [refundId, giving]);
      if (!changed) return;
      await this.outbox.enqueue(tx, PaymentRefundedV1, await this.refundFacts(session, refundId, { payment, amount }));
    });
  }

  async failRefund({ refundId, giving }: Giving): Promise<'failed' | 'before' | 'open' | 'unknown'> {
    return this.database.transaction(async (tx) => {
      const session = sessionOf(tx);
      const [row] = await session.query<Row & { refund_status: string; refund_giving: number; refund_minor: string }>(sql.lockRefunded, [
        refundId,
      ]);
      if (!row) return 'unknown';
      if (row.refund_giving !== giving) return 'before';
      if (row.refund_status === 'pending') return 'open';
      const [changed] = await session.query(sql.failRefund, [refundId]);
      if (!changed) return 'before';
      const payment = paymentOf(row);
      const told = await this.refundFacts(session, refundId, { payment, amount: money(BigInt(row.refund_minor), payment.amount.currency) });
      await this.outbox.enqueue(tx, PaymentRefundFailedV1, told);
      return 'failed';
    });
  }

  async dropRefund({ refundId, giving }: Giving): Promise<void> {
    await this.database.query(sql.dropRefund, [refundId, giving]);
  }

  private async opened(wanted: NewPayment, status: PaymentStatus): Promise<Payment> {
    const values = [newUuid(), wanted.orderId, wanted.attempt, wanted.amount.minor, wanted.amount.currency, wanted.paymentMethod, status];
    const [row] = await this.database.query<Row>(sql.open, values);
    if (row) return paymentOf(row);
    const found = await this.find(wanted);
    if (!found) throw new Error(`the payment of ${wanted.orderId} vanished while it was opened`);
    return found;
  }

  /** What is told of a refund: with what remains when all that truly went back is taken off. */
  private async refundFacts(session: Session, refundId: string, { payment, amount }: Omit<RefundShare, 'remainingMinor'>) {
    const [returned] = await session.query<{ minor: string }>(sql.returned, [payment.id]);
    return {
      orderId: toPublicId('order', payment.orderId),
      paymentId: toPublicId('payment', payment.id),
      refundId: toPublicId('refund', refundId),
      amount: dataOf(amount),
      remaining: dataOf(money(payment.amount.minor - BigInt(returned?.minor ?? 0), amount.currency)),
      at: this.now().toISOString(),
    };
  }

  private async tell(tx: Tx, payment: Payment): Promise<void> {
    const facts = {
      orderId: toPublicId('order', payment.orderId),
      paymentId: toPublicId('payment', payment.id),
      at: this.now().toISOString(),
    };
    if (payment.status === 'captured') await this.outbox.enqueue(tx, PaymentCapturedV1, { ...facts, amount: dataOf(payment.amount) });
    if (payment.status === 'declined')
      await this.outbox.enqueue(tx, PaymentDeclinedV1, { ...facts, declineCode: payment.declineCode ?? 'unknown' });
  }
}

/** The payment with its new status; `undefined` when it has ended otherwise. */
async function changed(
  session: Session,
  id: string,
  { status, chargeId, declineCode, actionUrl }: Settlement,
): Promise<Payment | undefined> {
  const [row] = await session.query<Row>(sql.settle, [
    id,
    status,
    chargeId ?? null,
    declineCode ?? null,
    actionUrl ?? null,
    statusesBefore(status),
  ]);
  return row && paymentOf(row);
}

async function byId(session: Session, id: string): Promise<Payment> {
  const [row] = await session.query<Row>(sql.findById, [id]);
  if (!row) throw new Error(`there is no payment ${id}`);
  return paymentOf(row);
}

function dataOf(amount: Money): { amount: number; currency: Currency } {
  return { amount: Number(amount.minor), currency: amount.currency };
}

function paymentOf(row: Row): Payment {
  return {
    id: row.id,
    orderId: row.order_id,
    attempt: row.attempt,
    amount: money(BigInt(row.minor), row.currency),
    paymentMethod: row.payment_method,
    status: row.status,
    chargeId: row.charge_id,
    declineCode: row.decline_code,
    actionUrl: row.action_url,
  };
}
