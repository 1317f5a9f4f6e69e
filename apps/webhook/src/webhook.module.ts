import { webhookV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { httpSender } from './adapters/http-sender.js';
import { pgDeliveryQueue } from './adapters/pg-delivery-queue.js';
import { pgEndpoints } from './adapters/pg-endpoints.js';
import { webhookConfig } from './config.js';
import { DeliverWebhooks } from './features/deliver-webhooks.js';
import { EndpointParts, EndpointsGrpc } from './features/endpoints.grpc.js';
import { TellEndpointsOnOrder } from './features/tell-endpoints.consumer.js';
import { TellEndpoints } from './features/tell-endpoints.js';

/** What has ended is kept this long. Source: docs/reference/webhooks.md. */
const keptDays = { deliveries: 30, guestOrders: 365 };
const pruneEveryMs = 3_600_000;

/** Webhooks: tells shoppers' own systems of their orders. */
export const webhook = defineService({
  name: 'webhook',
  config: webhookConfig,
  needs: { database: true, events: true },
  serves: { WebhookService: webhookV1.WebhookServiceService },
  compose({ database, now, logger, schedules, outside }, { sandboxUrl }) {
    const sender = outside('receiver', httpSender({ sandboxUrl }));
    const queue = pgDeliveryQueue({ database, onPlanned: () => deliver.wake() });
    const deliver = new DeliverWebhooks({ queue, sender, now, logger });
    return {
      controllers: [TellEndpointsOnOrder, EndpointsGrpc],
      providers: [
        provide(TellEndpoints, new TellEndpoints(queue)),
        provide(EndpointParts, new EndpointParts(pgEndpoints(database), sender, database, () => deliver.wake())),
      ],
      background: [deliver, schedules.every({ name: 'forget-deliveries', everyMs: pruneEveryMs, work: () => queue.prune(keptDays) })],
      close: () => sender.close(),
    };
  },
});
