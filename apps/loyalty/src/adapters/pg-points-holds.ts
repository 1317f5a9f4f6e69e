import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { HoldState, PointsHolds } from '../domain/holding.js';
import { lockAccountOf } from './pg-account-lock.js';

const statement = (name: string, text: string): Statement => ({ name: `loyalty_${name}`, text });

/** What is available and not held by an order other than `$2`. One statement, so that a spending is never seen half. */
const spendable = `(SELECT coalesce(sum(available), 0) FROM ledger_entry WHERE customer_id = $1)
  - (SELECT coalesce(sum(points), 0) FROM points_hold WHERE customer_id = $1 AND state = 'held' AND expires_at > clock_timestamp() AND order_id IS DISTINCT FROM $2)`;
const facts = statement('hold_facts', `SELECT ${spendable} AS spendable, (SELECT state FROM points_hold WHERE order_id = $2) AS state`);
const put = statement(
  'hold',
  `INSERT INTO points_hold (order_id, customer_id, points, state, expires_at) VALUES ($1, $2, $3, 'held', clock_timestamp() + make_interval(secs => $4))
   ON CONFLICT (order_id) DO UPDATE SET points = CASE WHEN points_hold.state = 'spent' THEN points_hold.points ELSE excluded.points END, expires_at = excluded.expires_at
   WHERE points_hold.state <> 'released' RETURNING order_id`,
);
const spend = statement(
  'spend_hold',
  `INSERT INTO points_hold (order_id, customer_id, points, state, expires_at) VALUES ($1, $2, $3, 'spent', now())
   ON CONFLICT (order_id) DO UPDATE SET state = 'spent', customer_id = excluded.customer_id, points = excluded.points`,
);
const release = statement(
  'release_hold',
  `INSERT INTO points_hold (order_id, points, state, expires_at) VALUES ($1, 0, 'released', now())
   ON CONFLICT (order_id) DO UPDATE SET state = 'released' WHERE points_hold.state = 'held'`,
);

const end = statement('end_hold', `UPDATE points_hold SET state = 'released' WHERE order_id = $1 AND state = 'held'`);
const forget = statement(
  'forget_holds',
  `DELETE FROM points_hold WHERE customer_id IS NULL AND state = 'released' AND created_at < now() - make_interval(days => $1)`,
);

type FactsRow = { readonly spendable: string; readonly state: HoldState | null };

/** Holds in PostgreSQL. */
export function pgPointsHolds(database: Database): PointsHolds {
  return {
    async facts(tx, { orderId, customerId }) {
      await lockAccountOf(tx, customerId);
      const [row] = await sessionOf(tx).query<FactsRow>(facts, [customerId, orderId]);
      return { state: row?.state ?? undefined, spendable: BigInt(row?.spendable ?? 0) };
    },
    put: async (tx, { orderId, customerId, points, ttlSeconds }) =>
      (await sessionOf(tx).query(put, [orderId, customerId, points, ttlSeconds])).length > 0,
    async spend(tx, { orderId, customerId, points }) {
      await lockAccountOf(tx, customerId);
      await sessionOf(tx).query(spend, [orderId, customerId, points]);
    },
    release: async (orderId) => void (await database.query(release, [orderId])),
    end: async (tx, orderId) => void (await sessionOf(tx).query(end, [orderId])),
    forget: async (days) => void (await database.query(forget, [days])),
    async spendableOf(customerId) {
      const [row] = await database.query<FactsRow>(facts, [customerId, null]);
      return BigInt(row?.spendable ?? 0);
    },
  };
}
