import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { ExpiryCandidate, ExpiryWarnings, PointsExpiry, PointsReleases } from '../domain/points-ledger.js';

const statement = (name: string, text: string): Statement => ({ name: `loyalty_${name}`, text });

const candidates = statement(
  'expiry_candidates',
  `SELECT customer_id AS "customerId", expires_from::text AS place FROM account
   WHERE expires_from < $1 AND (expires_from, customer_id) > ($2::timestamptz, $3::uuid) AND coalesce(warned_at < $4::timestamptz, true)
   ORDER BY expires_from, customer_id LIMIT $5`,
);
const settle = statement(
  'settle_expiry',
  'UPDATE account SET expires_from = $2 WHERE customer_id = $1 AND expires_from IS DISTINCT FROM $2',
);
/** Before every candidate. */
const first: ExpiryCandidate = { place: '-infinity', customerId: '00000000-0000-0000-0000-000000000000' };
const lots = statement(
  'lots',
  `SELECT order_id, sum(available) AS points, max(at) FILTER (WHERE kind = 'available') AS since FROM ledger_entry
   WHERE customer_id = $1 AND kind IN ('available', 'reversed', 'expired') GROUP BY order_id HAVING sum(available) > 0 AND bool_or(kind = 'available')`,
);
const spent = statement(
  'spent',
  `SELECT coalesce(sum(shop), 0) AS spent FROM ledger_entry WHERE customer_id = $1 AND kind IN ('redeemed', 'returned')`,
);
const takeWarning = statement(
  'take_warning',
  'UPDATE account SET warned_at = $2 WHERE customer_id = $1 AND coalesce(warned_at < $3, true) RETURNING 1',
);
const plan = statement('plan_release', 'INSERT INTO points_release (order_id, due_at) VALUES ($1, $2) ON CONFLICT (order_id) DO NOTHING');
const takeDue = statement(
  'take_due_releases',
  `WITH taken AS (
     DELETE FROM points_release WHERE order_id IN (SELECT order_id FROM points_release WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING order_id)
   SELECT taken.order_id FROM taken LEFT JOIN ledger_entry e ON e.order_id = taken.order_id AND e.kind = 'earned' ORDER BY e.customer_id, taken.order_id`,
);

/** Expiry in PostgreSQL. */
export function pgPointsExpiry(database: Database): PointsExpiry {
  return {
    candidates: ({ cutoff, silentSince, after = first, limit }) =>
      database.query<ExpiryCandidate>(candidates, [cutoff, after.place, after.customerId, silentSince ?? null, limit]),
    settle: async (tx, customerId, from) => void (await sessionOf(tx).query(settle, [customerId, from])),
    async lotsOf(tx, customerId) {
      const session = sessionOf(tx);
      const rows = await session.query<{ order_id: string; points: string; since: Date }>(lots, [customerId]);
      const [sum] = await session.query<{ spent: string }>(spent, [customerId]);
      return {
        lots: rows.map(({ order_id, points, since }) => ({ orderId: order_id, points: BigInt(points), since })),
        spent: BigInt(sum?.spent ?? 0),
      };
    },
  };
}

/** Warnings in PostgreSQL. */
export const pgExpiryWarnings: ExpiryWarnings = {
  take: async (tx, customerId, { now, silentSince }) => (await sessionOf(tx).query(takeWarning, [customerId, now, silentSince])).length > 0,
};

/** Releases in PostgreSQL. */
export const pgPointsReleases: PointsReleases = {
  async plan(tx, orderId, dueAt) {
    await sessionOf(tx).query(plan, [orderId, dueAt]);
  },
  takeDue: async (tx, now, limit) =>
    (await sessionOf(tx).query<{ order_id: string }>(takeDue, [now, limit])).map(({ order_id }) => order_id),
};
