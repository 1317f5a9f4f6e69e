import { newUuid } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { LedgerLine, NewEntry, OrderPoints, PointsLedger, PointsStatement, Redeemed } from '../domain/points-ledger.js';
import type { Holdings } from '../domain/points.js';
import { lockAccountOfOrder } from './pg-account-lock.js';
import { earnedSinceOf } from './pg-earned-since.js';

const append: Statement = {
  name: 'loyalty_append',
  text: `INSERT INTO ledger_entry (id, customer_id, order_id, kind, source, pending, available, shop, at, rule_version, tier) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (order_id, kind, source) DO NOTHING RETURNING id`,
};
const ofOrder: Statement = {
  name: 'loyalty_of_order',
  text: `SELECT customer_id, coalesce(-sum(shop) FILTER (WHERE kind = 'earned'), 0) AS earned, sum(pending) AS pending, sum(available) AS available
           FROM ledger_entry WHERE order_id = $1 AND kind NOT IN ('redeemed', 'returned') GROUP BY customer_id HAVING bool_or(kind = 'earned')`,
};
const redeemedBy: Statement = {
  name: 'loyalty_redeemed_by',
  text: `SELECT customer_id, coalesce(sum(shop) FILTER (WHERE kind = 'redeemed'), 0) AS redeemed, coalesce(-sum(shop) FILTER (WHERE kind = 'returned'), 0) AS returned
           FROM ledger_entry WHERE order_id = $1 AND kind IN ('redeemed', 'returned') GROUP BY customer_id`,
};
const balance: Statement = {
  name: 'loyalty_balance',
  text: 'SELECT coalesce(sum(pending), 0) AS pending, coalesce(sum(available), 0) AS available FROM ledger_entry WHERE customer_id = $1',
};
const earnedSince: Statement = { name: 'loyalty_earned_since', text: `SELECT ${earnedSinceOf('$1', '$2')} AS earned` };
/** Newest first; what only moves between a customer's own accounts is no line of the statement. */
const lines: Statement = {
  name: 'loyalty_lines',
  text: 'SELECT id, sequence, kind, -shop AS points, order_id, at FROM ledger_entry WHERE customer_id = $1 AND shop <> 0 AND sequence < $2 ORDER BY sequence DESC LIMIT $3',
};

type Sums = { customer_id: string; earned: string; pending: string; available: string };
type Line = { id: string; sequence: string; kind: string; points: string; order_id: string; at: Date };

/** The ledger in PostgreSQL. */
export class PgPointsLedger implements PointsLedger, PointsStatement {
  constructor(private readonly database: Database) {}

  async append(tx: Tx, entry: NewEntry): Promise<boolean> {
    const { customerId, orderId, kind, source = '', pending, available, shop, at, earnedBy } = entry;
    const rows = await sessionOf(tx).query(append, [
      newUuid(),
      customerId,
      orderId,
      kind,
      source,
      pending,
      available,
      shop,
      at,
      earnedBy?.ruleVersion ?? null,
      earnedBy?.tier ?? null,
    ]);
    return rows.length > 0;
  }

  async ofOrder(tx: Tx, orderId: string): Promise<OrderPoints | undefined> {
    await lockAccountOfOrder(tx, orderId);
    const [row] = await sessionOf(tx).query<Sums>(ofOrder, [orderId]);
    return (
      row && {
        customerId: row.customer_id,
        earned: BigInt(row.earned),
        held: { pending: BigInt(row.pending), available: BigInt(row.available) },
      }
    );
  }

  async redeemedBy(tx: Tx, orderId: string): Promise<Redeemed | undefined> {
    await lockAccountOfOrder(tx, orderId);
    const [row] = await sessionOf(tx).query<{ customer_id: string; redeemed: string; returned: string }>(redeemedBy, [orderId]);
    return row && { customerId: row.customer_id, redeemed: BigInt(row.redeemed), returned: BigInt(row.returned) };
  }

  async balanceOf(customerId: string): Promise<Holdings> {
    const [row] = await this.database.query<Sums>(balance, [customerId]);
    return { pending: BigInt(row?.pending ?? 0), available: BigInt(row?.available ?? 0) };
  }

  async earnedSince(customerId: string, since: Date, tx?: Tx): Promise<bigint> {
    const [row] = await (tx ? sessionOf(tx) : this.database).query<Sums>(earnedSince, [customerId, since]);
    return BigInt(row?.earned ?? 0);
  }

  /** Lines of a customer's statement before `sequence`, newest first. Their points sum to pending + available. */
  async linesOf(customerId: string, before: bigint, limit: number): Promise<readonly LedgerLine[]> {
    const rows = await this.database.query<Line>(lines, [customerId, before, limit]);
    return rows.map((row) => ({
      id: row.id,
      sequence: BigInt(row.sequence),
      kind: row.kind,
      points: BigInt(row.points),
      orderId: row.order_id,
      at: row.at,
    }));
  }
}
