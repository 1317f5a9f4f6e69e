import { type Database, sessionOf, type Tx } from '@tandem/kernel';
import type { Charge } from '../domain/charge.js';
import type { ChargeBook } from '../domain/ports.js';
import type { RefundFacts } from '../domain/refund.js';
import type { OutgoingWebhook } from '../domain/webhook.js';
import { type ChargeRow, chargeOf, keyOf, type RefundRow, refundOf } from './bank-rows.js';
import { readJournal } from './journal.js';
import { oweWebhooks } from './pg-webhook-journal.js';

/** A fresh id with its prefix, e.g. `ch_…`. */
export type NewId = (prefix: string) => string;

const columns = 'id, sequence, idempotency_key, order_id, minor, currency, payment_method, tries, status, decline_code, created_at';
const statements = {
  // The upsert is the lock: two requests under one key come one after the other.
  openKey: {
    name: 'bank_open_key',
    text: `INSERT INTO bank_charge (id, idempotency_key, order_id, minor, currency, payment_method, status, tries) VALUES ($1, $2, $3, $4, $5, $6, 'open', 1)
           ON CONFLICT (idempotency_key) DO UPDATE SET tries = bank_charge.tries + 1 RETURNING ${columns}`,
  },
  closeKey: {
    name: 'bank_close_key',
    text: `INSERT INTO bank_charge (id, idempotency_key, status) VALUES ($1, $2, 'closed')
           ON CONFLICT (idempotency_key) DO UPDATE SET status = CASE bank_charge.status WHEN 'open' THEN 'closed' ELSE bank_charge.status END RETURNING ${columns}`,
  },
  lock: {
    name: 'bank_lock_charge',
    text: `SELECT ${columns} FROM bank_charge WHERE id = $1 AND status NOT IN ('open', 'closed') FOR UPDATE`,
  },
  find: { name: 'bank_find_charge', text: `SELECT ${columns} FROM bank_charge WHERE id = $1 AND status NOT IN ('open', 'closed')` },
  write: { name: 'bank_write_charge', text: 'UPDATE bank_charge SET status = $2, decline_code = $3 WHERE id = $1' },
  refunded: { name: 'bank_refunded', text: 'SELECT coalesce(sum(minor), 0)::text AS minor FROM bank_refund WHERE charge_id = $1' },
  refundByKey: { name: 'bank_refund_by_key', text: 'SELECT * FROM bank_refund WHERE idempotency_key = $1' },
  writeRefund: {
    name: 'bank_write_refund',
    text: 'INSERT INTO bank_refund (id, idempotency_key, charge_id, order_id, minor, currency) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *',
  },
};

const charges = {
  table: 'bank_charge',
  columns,
  always: `status NOT IN ('open', 'closed')`,
  filters: { orderId: 'order_id = ?', idempotencyKey: 'idempotency_key = ?' },
};
const refunds = { table: 'bank_refund', columns: '*', filters: { orderId: 'order_id = ?', idempotencyKey: 'idempotency_key = ?' } };

/** The bank's books in PostgreSQL. `wake` is called after a commit that owes webhooks. */
export function pgChargeBook(db: Database, newId: NewId, wake: () => void): ChargeBook {
  return {
    charge: (request, decide) =>
      db.transaction(async (tx) => {
        const { idempotencyKey, orderId, amount, paymentMethod } = request;
        const values = [newId('ch'), idempotencyKey, orderId, amount.minor.toString(), amount.currency, paymentMethod];
        const row = onlyRow(await sessionOf(tx).query<ChargeRow>(statements.openKey, values));
        return written(tx, decide(keyOf(row)), wake);
      }),
    change: (chargeId, decide) =>
      db.transaction(async (tx) => {
        const charge = await lockCharge(tx, chargeId);
        return charge ? written(tx, decide(charge, await refundedOf(tx, chargeId)), wake) : { kind: 'not-found' };
      }),
    changeKey: (idempotencyKey, decide) =>
      db.transaction(async (tx) => {
        const row = onlyRow(await sessionOf(tx).query<ChargeRow>(statements.closeKey, [newId('ch'), idempotencyKey]));
        return written(tx, decide(keyOf(row), await refundedOf(tx, row.id)), wake);
      }),
    refund: (request, decide) =>
      db.transaction(async (tx) => {
        const charge = await lockCharge(tx, request.chargeId);
        if (!charge) return { kind: 'not-found' };
        const refunding = decide(await refundFactsOf(tx, charge, request.idempotencyKey));
        if (refunding.kind !== 'refunded') return refunding;
        const { minor, currency } = request.amount;
        const values = [newId('rf'), request.idempotencyKey, charge.id, charge.orderId, minor.toString(), currency];
        return { kind: 'refunded', refund: refundOf(onlyRow(await sessionOf(tx).query<RefundRow>(statements.writeRefund, values))) };
      }),
    find: async (chargeId) => {
      const [row] = await db.query<ChargeRow>(statements.find, [chargeId]);
      return row && chargeOf(row);
    },
    charges: (filter, page) => readJournal<ChargeRow, Charge>(db, charges, { filter, page, toEntry: chargeOf }),
    refunds: (filter, page) => readJournal(db, refunds, { filter, page, toEntry: refundOf }),
  };
}

async function lockCharge(tx: Tx, chargeId: string): Promise<Charge | undefined> {
  const [row] = await sessionOf(tx).query<ChargeRow>(statements.lock, [chargeId]);
  return row && chargeOf(row);
}

async function refundedOf(tx: Tx, chargeId: string): Promise<bigint> {
  return BigInt(onlyRow(await sessionOf(tx).query<{ minor: string }>(statements.refunded, [chargeId])).minor);
}

async function refundFactsOf(tx: Tx, charge: Charge, idempotencyKey: string): Promise<RefundFacts> {
  const [earlier] = await sessionOf(tx).query<RefundRow>(statements.refundByKey, [idempotencyKey]);
  return { charge, refundedMinor: await refundedOf(tx, charge.id), earlier: earlier && refundOf(earlier) };
}

type Decision = { readonly charge?: Charge; readonly webhooks?: readonly OutgoingWebhook[] };

/** Writes what a decision changed, and answers the decision. */
async function written<D extends Decision>(tx: Tx, decision: D, wake: () => void): Promise<D> {
  const { charge, webhooks } = decision;
  if (!charge || !webhooks) return decision;
  await sessionOf(tx).query(statements.write, [charge.id, charge.status, charge.status === 'declined' ? charge.declineCode : null]);
  await oweWebhooks(tx, webhooks, wake);
  return decision;
}

function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('a statement that always answers one row answered none');
  return row;
}
