import type { Database, Statement } from '@tandem/kernel';
import type { NewsInbox, OwedNews, ProviderNews } from '../domain/provider-news.js';

/** Each kind of news in the table that its first release brought: a replica from before would count as handled what it cannot read. */
type Table = 'provider_news' | 'refund_news';

const statementsOf = (table: Table, news: string) =>
  ({
    take: {
      name: `payment_take_${news}`,
      text: `INSERT INTO ${table} (provider, webhook_id, news) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING webhook_id`,
    },
    takeDue: {
      name: `payment_take_due_${news}`,
      text: `UPDATE ${table} SET attempts = attempts + 1, due_at = now() + interval '30 seconds' WHERE (provider, webhook_id) IN (
          SELECT provider, webhook_id FROM ${table} WHERE handled_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING provider, webhook_id AS "webhookId", news, attempts`,
    },
    settle: {
      name: `payment_settle_${news}`,
      text: `UPDATE ${table} SET handled_at = now(), last_error = NULL WHERE provider = $1 AND webhook_id = $2`,
    },
    postpone: {
      name: `payment_postpone_${news}`,
      text: `UPDATE ${table} SET due_at = now() + $3 * interval '1 ms', last_error = $4 WHERE provider = $1 AND webhook_id = $2`,
    },
    prune: { name: `payment_prune_${news}`, text: `DELETE FROM ${table} WHERE handled_at < now() - $1 * interval '1 day'` },
  }) satisfies Record<string, Statement>;

const [ofCharges, ofRefunds] = [statementsOf('provider_news', 'news'), statementsOf('refund_news', 'refund_news')];
const statementsFor = (news: ProviderNews) => ('failedRefund' in news ? ofRefunds : ofCharges);

/** News of providers in PostgreSQL; the primary key takes each in once. */
export function pgNewsInbox(database: Database): NewsInbox {
  return {
    take: async (provider, webhookId, news) =>
      (await database.query(statementsFor(news).take, [provider, webhookId, JSON.stringify(news)])).length > 0,
    takeDue: async (limit) => {
      const charges = await database.query<OwedNews>(ofCharges.takeDue, [limit]);
      if (charges.length === limit) return charges;
      return [...charges, ...(await database.query<OwedNews>(ofRefunds.takeDue, [limit - charges.length]))];
    },
    settle: async ({ provider, webhookId, news }) => void (await database.query(statementsFor(news).settle, [provider, webhookId])),
    postpone: async ({ provider, webhookId, news }, because, againMs) =>
      void (await database.query(statementsFor(news).postpone, [provider, webhookId, againMs, because.slice(0, 500)])),
    prune: async (olderThanDays) => {
      for (const { prune } of [ofCharges, ofRefunds]) await database.query(prune, [olderThanDays]);
    },
  };
}
