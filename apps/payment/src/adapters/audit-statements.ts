import { ageOf, writtenSince } from '@tandem/host';
import type { Statement } from '@tandem/kernel';

/** What was captured, what went back, and what the bank has in hand to give back. */
const factsWhere = (payments: string, refunds: string): string =>
  `SELECT p.id, 'payment.captured' AS kind, p.order_id, p.minor, p.currency, p.status AS detail, p.created_at AS at, NULL::bigint AS age_ms
     FROM payment p WHERE p.status = 'captured' AND ${payments}
   UNION ALL
   SELECT r.id, CASE r.status WHEN 'pending' THEN 'payment.refund-in-hand' ELSE 'payment.refunded' END, p.order_id, r.minor, p.currency, r.status,
       coalesce(r.settled_at, r.in_hand_at, r.created_at), ${ageOf('coalesce(r.settled_at, r.in_hand_at, r.created_at)')}
     FROM refund r JOIN payment p ON p.id = r.payment_id WHERE (r.status = 'succeeded' OR r.status = 'pending' AND r.in_hand_at IS NOT NULL) AND ${refunds}`;

/** By id. `$1` the last, `$2` limit. */
export const auditFacts: Statement = {
  name: 'payment_audit',
  text: `SELECT * FROM (${factsWhere('p.id > $1', 'r.id > $1')}) facts ORDER BY id LIMIT $2`,
};
export const auditFactsOf: Statement = {
  name: 'payment_audit_of',
  text: factsWhere('p.order_id = ANY($1::uuid[])', 'p.order_id = ANY($1::uuid[])'),
};
export const auditChanged: Statement = {
  name: 'payment_audit_changed',
  text: `SELECT order_id AS id FROM payment WHERE ${writtenSince('created_at')}
    UNION SELECT order_id FROM payment WHERE ${writtenSince('settled_at')}
    UNION SELECT p.order_id FROM refund r JOIN payment p ON p.id = r.payment_id WHERE ${writtenSince('r.created_at')}
    UNION SELECT p.order_id FROM refund r JOIN payment p ON p.id = r.payment_id WHERE ${writtenSince('r.settled_at')}
    LIMIT $2`,
};
