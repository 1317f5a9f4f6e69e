import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, sessionOf, type Tx } from '@tandem/kernel';
import type { WebhookJournal } from '../domain/ports.js';
import type { OutgoingWebhook } from '../domain/webhook.js';

/** A webhook whose turn it is: the oldest undelivered one of its stream. `waitMs` is 0 or less when it is due. */
export type OwedWebhook = {
  readonly sequence: string;
  readonly webhook_id: string;
  readonly target: OutgoingWebhook['target'];
  readonly payload: string;
  readonly attempts: number;
  readonly wait_ms: number;
};

const statements = {
  write: {
    name: 'webhook_write',
    text: `INSERT INTO webhook_delivery (webhook_id, target, stream, payload, due_at)
           VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
  },
  heads: {
    name: 'webhook_heads',
    text: `SELECT sequence, webhook_id, target, payload, attempts, (extract(epoch FROM due_at - now()) * 1000)::float8 AS wait_ms
           FROM (SELECT DISTINCT ON (stream) * FROM webhook_delivery WHERE delivered_at IS NULL ORDER BY stream, sequence) head
           ORDER BY due_at LIMIT $1`,
  },
  delivered: {
    name: 'webhook_delivered',
    text: 'UPDATE webhook_delivery SET delivered_at = now(), attempts = attempts + 1, last_error = NULL WHERE sequence = $1',
  },
  failed: {
    name: 'webhook_failed',
    text: `UPDATE webhook_delivery SET attempts = attempts + 1, last_error = $2, due_at = now() + $3 * interval '1 millisecond' WHERE sequence = $1`,
  },
  waiting: { name: 'webhook_waiting', text: 'SELECT 1 FROM webhook_delivery WHERE stream = $1 AND delivered_at IS NULL LIMIT 1' },
};

/** How often `settled` looks, milliseconds. */
const lookEveryMs = 40;

/** What is still owed to the shop, and what became of each try. */
export type PgWebhookJournal = WebhookJournal & {
  /** The first of every stream, the one due first in front. */
  heads(limit: number): Promise<readonly OwedWebhook[]>;
  delivered(sequence: string): Promise<void>;
  failed(sequence: string, error: string, retryInMs: number): Promise<void>;
};

export function pgWebhookJournal(db: Database): PgWebhookJournal {
  const isWaiting = async (stream: string): Promise<boolean> => (await db.query(statements.waiting, [stream])).length > 0;
  return {
    heads: (limit) => db.query<OwedWebhook>(statements.heads, [limit]),
    delivered: async (sequence) => void (await db.query(statements.delivered, [sequence])),
    failed: async (sequence, error, retryInMs) => void (await db.query(statements.failed, [sequence, error, retryInMs])),
    settled: async (stream, withinMs) => {
      const looks = Math.ceil(withinMs / lookEveryMs);
      for (let look = 0; look < looks && (await isWaiting(stream)); look += 1) await sleep(lookEveryMs);
    },
  };
}

/** Writes webhooks in the transaction of the change they tell of, and wakes the delivery once it has committed. */
export async function oweWebhooks(tx: Tx, webhooks: readonly OutgoingWebhook[], wake: () => void): Promise<void> {
  const session = sessionOf(tx);
  for (const { webhookId, target, stream, payload, delayMs } of webhooks) {
    await session.query(statements.write, [webhookId, target, stream, JSON.stringify(payload), delayMs]);
  }
  if (webhooks.length > 0) session.afterCommit(wake);
}
