import { isCurrency, type Database, type Statement } from '@tandem/kernel';
import { LRUCache } from 'lru-cache';
import type { FindOffer, FindTerms } from '../domain/ports.js';
import type { Terms } from '../domain/pricing/price.js';
import type { TaxRate } from '../domain/pricing/tax.js';
import { promotionColumns, promotionOf, type PromotionRow } from './promotion-rows.js';

const offer: Statement = {
  name: 'cart_offer',
  text: `SELECT ${promotionColumns}, clock_timestamp() AS now,
      (SELECT count(*)::int FROM promotion_claim c WHERE c.promotion_id = p.id AND c.owner_id = $2 AND c.state = 'claimed') AS used_by_owner,
      EXISTS (SELECT FROM cart WHERE owner_id = $2 AND status = 'ordered') AS has_ordered
    FROM promotion p WHERE p.code = $1`,
};
const terms: Statement = {
  name: 'cart_terms',
  text: `SELECT (SELECT coalesce(json_agg(json_build_object('country', country, 'region', region, 'category', category, 'title', title, 'rate', rate, 'onShipping', on_shipping)), '[]') FROM tax_rate) AS tax_rates,
                (SELECT coalesce(json_agg(json_build_array(currency, minor_per_point::text)), '[]') FROM points_rate) AS points_rates`,
};

/** How long rates are kept: a change is felt by every replica within 5 s. */
const freshForMs = 5_000;

type OfferRow = PromotionRow & { readonly now: Date; readonly used_by_owner: number; readonly has_ordered: boolean };
type TermsRow = { readonly tax_rates: readonly TaxRate[]; readonly points_rates: readonly (readonly [string, string])[] };

/** Promotions as they stand now, read anew each time. */
export function findOfferIn(database: Database): FindOffer {
  return async (code, { ownerId, status }) => {
    const [row] = await database.query<OfferRow>(offer, [code, ownerId]);
    if (!row) return undefined;
    const counts =
      status === 'ordered'
        ? { used: 0, usedByOwner: 0, hasOrdered: false }
        : { used: row.used, usedByOwner: row.used_by_owner, hasOrdered: row.has_ordered };
    return { promotion: promotionOf(row), now: row.now, ...counts };
  };
}

/** Tax and points rates, read once in 5 s however many carts are priced. */
export function findTermsIn(database: Database): FindTerms {
  const kept = new LRUCache<'terms', Promise<Terms>>({ max: 1, ttl: freshForMs });
  return () => {
    const known = kept.get('terms');
    if (known) return known;
    const reading = read(database);
    kept.set('terms', reading);
    reading.catch(() => kept.delete('terms')); // whoever asked sees the failure itself
    return reading;
  };
}

async function read(database: Database): Promise<Terms> {
  const [row] = await database.query<TermsRow>(terms);
  const points = (row?.points_rates ?? []).flatMap(([currency, minor]) =>
    isCurrency(currency) ? [[currency, BigInt(minor)] as const] : [],
  );
  return { taxRates: row?.tax_rates ?? [], minorPerPoint: new Map(points) };
}
