import { invariant, isCurrency, money, type Money } from '@tandem/kernel';
import type { Charge, ClosedKey, OpenKey } from '../domain/charge.js';
import type { Refund } from '../domain/refund.js';

/** A row of `bank_charge`. `sequence` and `minor` are bigint, which `pg` gives as text. */
export type ChargeRow = {
  readonly id: string;
  readonly sequence: string;
  readonly idempotency_key: string;
  readonly order_id: string | null;
  readonly minor: string | null;
  readonly currency: string | null;
  readonly payment_method: string | null;
  readonly tries: number;
  readonly status: 'open' | 'closed' | Charge['status'];
  readonly decline_code: string | null;
  readonly created_at: Date;
};

export type RefundRow = {
  readonly id: string;
  readonly sequence: string;
  readonly idempotency_key: string;
  readonly charge_id: string;
  readonly order_id: string;
  readonly minor: string;
  readonly currency: string;
  readonly created_at: Date;
};

/** What a row says of its key. Throws when the row breaks the table's own constraints. */
export function keyOf(row: ChargeRow): OpenKey | ClosedKey | Charge {
  if (row.status === 'closed') return { status: 'closed', idempotencyKey: row.idempotency_key };
  const facts = factsOf(row);
  switch (row.status) {
    case 'open':
      return { ...facts, status: 'open', tries: row.tries };
    case 'declined':
      invariant(row.decline_code, `declined charge ${row.id} has no decline code`);
      return { ...facts, status: 'declined', declineCode: row.decline_code };
    case 'captured':
    case 'requires-action':
    case 'voided':
      return { ...facts, status: row.status };
  }
}

/** The charge of a row that is one. */
export function chargeOf(row: ChargeRow): Charge {
  const key = keyOf(row);
  invariant(key.status !== 'open' && key.status !== 'closed', `${row.id} is a key without a charge`);
  return key;
}

export function refundOf(row: RefundRow): Refund {
  return {
    id: row.id,
    chargeId: row.charge_id,
    orderId: row.order_id,
    amount: moneyOf(row.minor, row.currency),
    status: 'succeeded',
    idempotencyKey: row.idempotency_key,
    createdAt: row.created_at,
  };
}

function factsOf(row: ChargeRow) {
  invariant(row.order_id && row.minor && row.currency && row.payment_method, `charge ${row.id} is not complete`);
  return {
    id: row.id,
    idempotencyKey: row.idempotency_key,
    orderId: row.order_id,
    amount: moneyOf(row.minor, row.currency),
    paymentMethod: row.payment_method,
    createdAt: row.created_at,
  };
}

function moneyOf(minor: string, currency: string): Money {
  invariant(isCurrency(currency), `${currency} is not a currency of the bank`);
  return money(BigInt(minor), currency);
}
