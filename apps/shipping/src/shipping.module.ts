import { shippingV1 } from '@tandem/contracts';
import { defineService, type Host, provide } from '@tandem/host';
import { easypostCarrier } from './adapters/easypost-carrier.js';
import { easypostWebhooks } from './adapters/easypost-webhooks.js';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { PgShipments } from './adapters/pg-shipments.js';
import { sandboxCarrier } from './adapters/sandbox-carrier.js';
import { sandboxWebhooks } from './adapters/sandbox-webhooks.js';
import { type ShippingConfig, shippingConfig } from './config.js';
import { AskCarrier } from './features/ask-carrier.js';
import { BuyLabelOnOrderConfirmed } from './features/buy-label.consumer.js';
import { BuyLabel } from './features/buy-label.js';
import { PrintLabel } from './features/print-label.js';
import { ShipmentReads, ShippingGrpc } from './features/shipping.grpc.js';
import { StopShipment } from './features/stop-shipment.js';
import { TrackParcelGrpc, WebhookReaders } from './features/track-parcel.grpc.js';
import { TrackParcel } from './features/track-parcel.js';
import { VoidLabelOnOrderEnded } from './features/void-label.consumer.js';
import { VoidLabel } from './features/void-label.js';

/** How often it is looked for parcels that have been silent. */
const askEveryMs = 600_000;

/** Shipping: rates, one shipment an order, labels at a carrier, tracking by its webhooks and, when they are silent, by asking. */
export const shipping = defineService({
  name: 'shipping',
  config: shippingConfig,
  needs: { database: true, events: true },
  serves: { ShippingService: shippingV1.ShippingServiceService },
  compose(host, config) {
    const { database, outbox, now, schedules, logger } = host;
    const shipments = new PgShipments(database);
    const { carrier, webhooks } = carrierOf(config, host);
    const trackParcel = new TrackParcel(database, shipments, outbox);
    const askCarrier = new AskCarrier({ shipments, carrier, trackParcel, now, logger });
    return {
      controllers: [BuyLabelOnOrderConfirmed, VoidLabelOnOrderEnded, TrackParcelGrpc, ShippingGrpc],
      providers: [
        provide(BuyLabel, new BuyLabel(shipments, carrier, outbox, now)),
        provide(VoidLabel, new VoidLabel(shipments, carrier, outbox, now)),
        provide(TrackParcel, trackParcel),
        provide(StopShipment, new StopShipment({ database, shipments, carrier, trackParcel, now, logger })),
        provide(PrintLabel, new PrintLabel(shipments, carrier)),
        provide(ShipmentReads, new ShipmentReads(shipments, carrier.name)),
        provide(WebhookReaders, new WebhookReaders([webhooks])),
      ],
      background: [schedules.every({ name: 'ask-carrier', everyMs: askEveryMs, work: async () => void (await askCarrier.run()) })],
      auditFacts: pgAuditFacts(database),
      close: () => carrier.close(),
    };
  },
});

/** The one carrier that sells labels here, and how it words its webhooks. */
function carrierOf(config: ShippingConfig, { outside, logger, now }: Host) {
  switch (config.carrier) {
    case 'sandbox':
      return { carrier: outside('carrier', sandboxCarrier(config.carrierUrl)), webhooks: sandboxWebhooks(config.webhookSecret) };
    case 'easypost': {
      const onForbidden = (status: number): void =>
        logger.error({ status }, 'EasyPost does not accept EASYPOST_API_KEY for this, or the account lacks money');
      return {
        carrier: outside('easypost', easypostCarrier({ ...config, now, onForbidden })),
        webhooks: easypostWebhooks(config.webhookSecrets),
      };
    }
  }
}
