import { webhookV1 } from '@tandem/contracts';
import { type Background, defineService, provide } from '@tandem/host';
import type { Logger } from 'pino';
import { httpSender } from './adapters/http-sender.js';
import { pgDeliveryQueue } from './adapters/pg-delivery-queue.js';
import { pgEndpoints } from './adapters/pg-endpoints.js';
import { webhookConfig } from './config.js';
import { DeliverWebhooks } from './features/deliver-webhooks.js';
import { EndpointParts, EndpointsGrpc } from './features/endpoints.grpc.js';
import { TellEndpointsOnOrder } from './features/tell-endpoints.consumer.js';
import { TellEndpoints } from './features/tell-endpoints.js';

/** What has ended is kept this long. Source: docs/reference/webhooks.md. */
const keptDays = 30;
const pruneEveryMs = 3_600_000;

/** Webhooks: tells shoppers' own systems of their orders. */
export const webhook = defineService({
  name: 'webhook',
  config: webhookConfig,
  needs: { database: true, events: true },
  serves: { WebhookService: webhookV1.WebhookServiceService },
  compose({ database, now, logger }, { sandboxUrl }) {
    const sender = httpSender({ sandboxUrl });
    const queue = pgDeliveryQueue({ database, onPlanned: () => deliver.wake() });
    const deliver = new DeliverWebhooks({ queue, sender, now, logger });
    return {
      controllers: [TellEndpointsOnOrder, EndpointsGrpc],
      providers: [
        provide(TellEndpoints, new TellEndpoints(queue)),
        provide(EndpointParts, new EndpointParts(pgEndpoints(database), sender, database, () => deliver.wake())),
      ],
      background: [deliver, pruning(() => queue.prune(keptDays), logger)],
      close: () => sender.close(),
    };
  },
});

function pruning(prune: () => Promise<void>, logger: Logger): Background {
  let timer: NodeJS.Timeout | undefined;
  const work = (): void => void prune().catch((error: unknown) => logger.warn({ err: error }, 'old deliveries were not forgotten'));
  return {
    name: 'pruning',
    start: () => Promise.resolve(void (timer = setInterval(work, pruneEveryMs))),
    stop: () => Promise.resolve(clearInterval(timer)),
  };
}
