import { type Database, type Session, sessionOf, type Statement } from '@tandem/kernel';
import type { Promotion } from '../domain/pricing/promotion.js';
import type { KeptPromotion, PromotionStore } from '../domain/promotion-store.js';
import { conditionsJson, effectJson, promotionColumns, promotionOf, type PromotionRow } from './promotion-rows.js';

const statement = (name: string, text: string): Statement => ({ name: `cart_promotion_${name}`, text });

const add = statement(
  'add',
  `INSERT INTO promotion AS p (code, title, effect, conditions, starts_at, ends_at, usage_limit, customer_limit, is_active, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   ON CONFLICT (code) DO NOTHING RETURNING ${promotionColumns}`,
);
/** A limit below what is used already means: no more. */
const replace = statement(
  'replace',
  `UPDATE promotion p SET title = $2, effect = $3, conditions = $4, starts_at = $5, ends_at = $6, usage_limit = CASE WHEN $7 < used THEN used ELSE $7 END, customer_limit = $8, is_active = $9, updated_at = now()
   WHERE code = $1 RETURNING ${promotionColumns}`,
);
const find = statement('find', `SELECT ${promotionColumns} FROM promotion p WHERE code = $1`);
const page = statement('page', `SELECT ${promotionColumns} FROM promotion p WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`);
const remove = statement(
  'remove',
  'DELETE FROM promotion p WHERE code = $1 AND NOT EXISTS (SELECT FROM promotion_claim c WHERE c.promotion_id = p.id) RETURNING p.id',
);

/** Promotions in PostgreSQL. */
export function pgPromotions(database: Database): PromotionStore {
  const one = async (session: Session, asked: Statement, values: readonly unknown[]): Promise<KeptPromotion | undefined> => {
    const [row] = await session.query<PromotionRow>(asked, values);
    return row && keptOf(row);
  };
  return {
    add: (tx, promotion) => one(sessionOf(tx), add, [...valuesOf(promotion), promotion.id]),
    replace: (promotion) => one(database, replace, valuesOf(promotion)),
    find: (code) => one(database, find, [code]),
    page: async (after, limit) => (await database.query<PromotionRow>(page, [after, limit])).map(keptOf),
    async remove(code) {
      if ((await database.query(remove, [code])).length > 0) return 'removed';
      return (await one(database, find, [code])) ? 'in-use' : 'not-found';
    },
  };
}

function valuesOf({
  code,
  title,
  effect,
  conditions,
  startsAt,
  endsAt,
  usageLimit,
  customerLimit,
  isActive,
}: Omit<Promotion, 'id'>): readonly unknown[] {
  return [code, title, effectJson(effect), conditionsJson(conditions), startsAt, endsAt, usageLimit, customerLimit, isActive];
}

function keptOf(row: PromotionRow): KeptPromotion {
  return { promotion: promotionOf(row), used: row.used, createdAt: row.created_at };
}
