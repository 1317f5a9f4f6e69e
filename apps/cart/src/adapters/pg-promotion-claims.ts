import { type Database, type Session, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { PromotionClaims } from '../domain/promotion-claim.js';

const statement = (name: string, text: string): Statement => ({ name: `cart_${name}`, text });

const lockPromotion = statement(
  'lock_promotion',
  `SELECT id, used, usage_limit, customer_limit, conditions @> '{"firstOrderOnly":true}' AS is_first_order_only, is_active AND coalesce(starts_at <= clock_timestamp(), true) AND coalesce(ends_at > clock_timestamp(), true) AS is_running
     FROM promotion WHERE code = $1 FOR UPDATE`,
);
/** Two promotions for first orders are locked apart: their claims by one owner meet here. Taken after the promotion, and nothing after it. */
const lockOwner = statement('lock_owner', `SELECT pg_advisory_xact_lock(hashtextextended('first order ' || $1::text, 0))`);
const firstOrder = statement(
  'first_order',
  `SELECT EXISTS (SELECT FROM cart WHERE owner_id = $1 AND status = 'ordered')
       OR EXISTS (SELECT FROM promotion_claim c JOIN promotion p ON p.id = c.promotion_id
                   WHERE c.owner_id = $1 AND c.state = 'claimed' AND c.order_id <> $2 AND p.conditions @> '{"firstOrderOnly":true}') AS is_taken`,
);
/** A statement of its own: what was claimed while this one waited for the lock is counted. */
const claims = statement(
  'claims',
  `SELECT (SELECT state FROM promotion_claim WHERE order_id = $1) AS claim,
          (SELECT count(*)::int FROM promotion_claim WHERE promotion_id = $2 AND owner_id = $3 AND state = 'claimed') AS used_by_owner`,
);
const put = statement(
  'put_claim',
  `WITH claimed AS (
     INSERT INTO promotion_claim (order_id, promotion_id, owner_id, state) SELECT $1, id, $3, 'claimed' FROM promotion WHERE code = $2
     ON CONFLICT (order_id) DO NOTHING RETURNING promotion_id)
   UPDATE promotion SET used = used + 1 FROM claimed WHERE promotion.id = claimed.promotion_id RETURNING promotion.id`,
);
const tombstone = statement(
  'claim_tombstone',
  `INSERT INTO promotion_claim (order_id, state) VALUES ($1, 'released') ON CONFLICT (order_id) DO NOTHING RETURNING order_id`,
);
const lockOfOrder = statement(
  'lock_claimed',
  'SELECT id FROM promotion WHERE id = (SELECT promotion_id FROM promotion_claim WHERE order_id = $1) FOR UPDATE',
);
const release = statement(
  'release_claim',
  `WITH released AS (UPDATE promotion_claim SET state = 'released' WHERE order_id = $1 AND state = 'claimed' RETURNING promotion_id)
   UPDATE promotion SET used = used - 1 FROM released WHERE promotion.id = released.promotion_id RETURNING promotion.id`,
);
const forget = statement(
  'forget_claims',
  `DELETE FROM promotion_claim WHERE promotion_id IS NULL AND created_at < now() - make_interval(days => $1)`,
);

type PromotionRow = {
  readonly id: string;
  readonly used: number;
  readonly usage_limit: number | null;
  readonly customer_limit: number | null;
  readonly is_running: boolean;
  readonly is_first_order_only: boolean;
};
type ClaimsRow = { readonly claim: 'claimed' | 'released' | null; readonly used_by_owner: number };

/**
 * Claims in PostgreSQL. A claim that stands is only written under the lock of its promotion, which is taken first. A tombstone needs no
 * lock, for whoever writes one holds nothing and waits for nothing after it: so no two wait for each other in a circle.
 */
export function pgPromotionClaims(database: Database): PromotionClaims {
  return {
    async facts(tx, { orderId, code, ownerId }) {
      const session = sessionOf(tx);
      const [promotion] = await session.query<PromotionRow>(lockPromotion, [code]);
      const isFirstOrderTaken = promotion?.is_first_order_only === true && (await isTaken(session, { ownerId, orderId }));
      const [row] = await session.query<ClaimsRow>(claims, [orderId, promotion?.id ?? null, ownerId]);
      return {
        claim: row?.claim ?? undefined,
        isRunning: promotion?.is_running ?? false,
        used: promotion?.used ?? 0,
        usageLimit: promotion?.usage_limit ?? null,
        usedByOwner: row?.used_by_owner ?? 0,
        customerLimit: promotion?.customer_limit ?? null,
        isFirstOrderTaken,
      };
    },
    put: async (tx, { orderId, code, ownerId }) => (await sessionOf(tx).query(put, [orderId, code, ownerId])).length > 0,
    async release(tx, orderId) {
      if ((await sessionOf(tx).query(tombstone, [orderId])).length === 0) await end(tx, orderId);
    },
    end,
    forget: async (days) => void (await database.query(forget, [days])),
  };
}

async function end(tx: Tx, orderId: string): Promise<boolean> {
  const session = sessionOf(tx);
  await session.query(lockOfOrder, [orderId]);
  return (await session.query(release, [orderId])).length > 0;
}

async function isTaken(session: Session, { ownerId, orderId }: { ownerId: string; orderId: string }): Promise<boolean> {
  await session.query(lockOwner, [ownerId]);
  const [row] = await session.query<{ is_taken: boolean }>(firstOrder, [ownerId, orderId]);
  return row?.is_taken ?? false;
}
