import type { Now } from '@tandem/kernel';
import type { Logger } from 'pino';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { type OutgoingWebhook, retryDelayMs } from '../domain/webhook.js';
import type { OwedWebhook, PgWebhookJournal } from './pg-webhook-journal.js';
import { createPump, type Pump } from './pump.js';

/** Where one kind of webhook goes, and the `whsec_…` secret it is signed with. */
export type WebhookTarget = { readonly url: string; readonly secret: string };
export type WebhookTargets = Readonly<Record<OutgoingWebhook['target'], WebhookTarget | null>>;

/** How long the shop may take to answer, milliseconds. */
const answerLimitMs = 5_000;
/** How many streams are delivered to at a time. */
const atATime = 8;

type Options = { readonly targets: WebhookTargets; readonly journal: PgWebhookJournal; readonly now: Now; readonly logger: Logger };

/**
 * Delivers owed webhooks until each was answered with 2xx, in order within a stream, signed as Standard Webhooks says. A crash between the
 * answer and its note repeats one, with the same id. Those without a target wait until one is configured.
 */
export function createWebhookDelivery({ targets, journal, now, logger }: Options): Pump {
  const agent = new Agent({
    connections: atATime,
    headersTimeout: answerLimitMs,
    bodyTimeout: answerLimitMs,
    connectTimeout: answerLimitMs,
  });
  const send = (webhook: OwedWebhook, target: WebhookTarget): Promise<string | null> => post(webhook, target, { agent, at: now() });

  const attempt = async (webhook: OwedWebhook): Promise<void> => {
    const target = targets[webhook.target];
    const fault = target ? await send(webhook, target) : 'no URL is configured for it';
    if (fault === null) return journal.delivered(webhook.sequence);
    logger.debug({ webhookId: webhook.webhook_id, fault }, 'a webhook was not taken');
    await journal.failed(webhook.sequence, fault, retryDelayMs(webhook.attempts + 1));
  };
  const pump = createPump(
    async () => {
      const heads = await journal.heads(atATime);
      const due = heads.filter((head) => head.wait_ms <= 0);
      await Promise.all(due.map(attempt));
      if (due.length > 0) return 0;
      return heads[0] ? Math.ceil(heads[0].wait_ms) : null;
    },
    (error) => logger.warn({ err: error }, 'webhooks could not be delivered'),
  );
  return {
    wake: () => pump.wake(),
    stop: async () => {
      await pump.stop();
      await agent.destroy();
    },
  };
}

/** One try. Answers what was wrong, `null` when the shop took it. */
async function post(
  webhook: OwedWebhook,
  { url, secret }: WebhookTarget,
  { agent, at }: { agent: Agent; at: Date },
): Promise<string | null> {
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      dispatcher: agent,
      body: webhook.payload,
      headers: {
        'content-type': 'application/json',
        'webhook-id': webhook.webhook_id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(webhook.webhook_id, at, webhook.payload),
      },
    });
    await body.dump();
    return statusCode >= 200 && statusCode < 300 ? null : `answered ${statusCode}`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
