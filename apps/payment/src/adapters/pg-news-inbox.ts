import type { Database, Statement } from '@tandem/kernel';
import type { NewsInbox, OwedNews, ProviderNews } from '../domain/provider-news.js';

const take: Statement = {
  name: 'payment_take_news',
  text: 'INSERT INTO provider_news (provider, webhook_id, news) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING webhook_id',
};
const takeDue: Statement = {
  name: 'payment_take_due_news',
  text: `UPDATE provider_news SET attempts = attempts + 1, due_at = now() + interval '30 seconds' WHERE (provider, webhook_id) IN (
      SELECT provider, webhook_id FROM provider_news WHERE handled_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING provider, webhook_id AS "webhookId", news, attempts`,
};
const settle: Statement = {
  name: 'payment_settle_news',
  text: 'UPDATE provider_news SET handled_at = now(), last_error = NULL WHERE provider = $1 AND webhook_id = $2',
};
const postpone: Statement = {
  name: 'payment_postpone_news',
  text: `UPDATE provider_news SET due_at = now() + $3 * interval '1 ms', last_error = $4 WHERE provider = $1 AND webhook_id = $2`,
};
const prune: Statement = { name: 'payment_prune_news', text: `DELETE FROM provider_news WHERE handled_at < now() - $1 * interval '1 day'` };

/** News of providers in PostgreSQL; the primary key takes each in once. */
export function pgNewsInbox(database: Database): NewsInbox {
  return {
    take: async (provider, webhookId, news: ProviderNews) =>
      (await database.query(take, [provider, webhookId, JSON.stringify(news)])).length > 0,
    takeDue: (limit) => database.query<OwedNews>(takeDue, [limit]),
    settle: async ({ provider, webhookId }) => void (await database.query(settle, [provider, webhookId])),
    postpone: async ({ provider, webhookId }, because, againMs) =>
      void (await database.query(postpone, [provider, webhookId, againMs, because.slice(0, 500)])),
    prune: async (olderThanDays) => void (await database.query(prune, [olderThanDays])),
  };
}
