import type { Server } from 'node:http';
import {
  cartV1,
  catalogV1,
  customerV1,
  documentV1,
  inventoryV1,
  loyaltyV1,
  mediaV1,
  notificationV1,
  orderV1,
  paymentV1,
  shippingV1,
  webhookV1,
} from '@tandem/contracts';
import { defineService, type Host, openStorage, provide } from '@tandem/host';
import { cachedAvailability } from './adapters/cached-availability.js';
import { cachedCatalog } from './adapters/cached-catalog.js';
import { grpcOrderFeed } from './adapters/grpc-order-feed.js';
import { productEvents } from './adapters/product-events.js';
import { systemOf } from './adapters/system.js';
import { loadStorefrontConfig } from './config.js';
import { DrainNotice } from './drain-notice.js';
import { controllers, ratesOf } from './edge.js';
import { AdminPeers } from './features/admin.http.js';
import { PromotionPeer } from './features/admin-promotions.http.js';
import { AfterSalePeers } from './features/after-sale.http.js';
import { AuditClock } from './features/audit.http.js';
import { AuthPeers } from './features/auth.http.js';
import { BacklogWatch } from './features/backlog-watch.js';
import { EdgeLoad } from './features/backpressure.http.js';
import { Carts } from './features/carts.http.js';
import { DocumentPeers } from './features/documents.http.js';
import { endpointsOf } from './features/edge/endpoint.js';
import { Limits } from './features/edge/limits.js';
import { openApiOf } from './features/edge/openapi.js';
import { JobOwners } from './features/jobs.http.js';
import { LiveStreams, OpenStreams } from './features/live-streams.js';
import { Notifications } from './features/notifications.http.js';
import { OperatedServices } from './features/ops.http.js';
import { Orders } from './features/orders.http.js';
import { PaymentPeer } from './features/payment-webhooks.http.js';
import { PictureSources } from './features/pictures.http.js';
import { ProductSources } from './features/products.http.js';
import { LiveOrders } from './features/stream-order-events.http.js';
import { SeatSources } from './features/seats.http.js';
import { UploadPicture } from './features/upload-picture.js';
import { WebhookPeer } from './features/webhook-endpoints.http.js';
import { installEdge } from './install-edge.js';
import { jobOwners } from './job-owners.js';
import { serveFiles } from './serve-files.js';

/** The public HTTP API. It owns nothing: every answer is another service's. */
export const storefront = defineService({
  name: 'storefront',
  config: loadStorefrontConfig,
  needs: { database: false, events: true },
  serves: {},
  publicPort: ({ port }) => port,
  compose: (host, { mode, urls, storage: storageUrl, pictureBytes, drainNoticeMs }) => {
    const peers = peersOf(host);
    const pages = cachedCatalog(peers.catalog);
    const availability = cachedAvailability(peers.inventory);
    const system = systemOf(host.peer);
    const limits = new Limits(ratesOf(mode));
    const backlog = new BacklogWatch({ services: system.services, registry: host.metrics.registry, logger: host.logger });
    const serviceToken = (): Promise<string> => host.identity.serviceToken();
    const open = new OpenStreams();
    const feed = grpcOrderFeed({ order: peers.order, url: urls.order, serviceToken, logger: host.logger });
    const live = new LiveStreams('live orders', { feed, open, logger: host.logger });
    const jobs = jobOwners(host, urls, open);
    const storage = openStorage(storageUrl);
    const upload = new UploadPicture({ media: peers.media, storage, maxBytes: pictureBytes });
    let server: Server | undefined;
    const streams = [live, ...Object.values(jobs).map((owner) => owner.live), productEvents(host.log, pages.evict, host.logger)];
    const notice = new DrainNotice(drainNoticeMs, streams, () => server?.listening === true);
    const endpoints = endpointsOf(controllers);
    return {
      controllers,
      providers: [
        provide(AuthPeers, new AuthPeers(peers.customer, peers.cart)),
        provide(ProductSources, new ProductSources(pages, availability)),
        provide(SeatSources, new SeatSources(pages, peers.inventory)),
        provide(Carts, new Carts(peers.cart)),
        provide(Orders, new Orders(peers.order)),
        provide(LiveOrders, new LiveOrders(live)),
        provide(JobOwners, new JobOwners(jobs)),
        provide(AfterSalePeers, new AfterSalePeers(peers.shipping, peers.loyalty, peers.order)),
        provide(DocumentPeers, new DocumentPeers(host.peer('document', documentV1.DocumentServiceService), peers.order)),
        provide(PaymentPeer, new PaymentPeer(host.peer('payment', paymentV1.PaymentServiceService))),
        provide(Notifications, new Notifications(host.peer('notification', notificationV1.NotificationServiceService))),
        provide(WebhookPeer, new WebhookPeer(host.peer('webhook', webhookV1.WebhookServiceService))),
        provide(AdminPeers, new AdminPeers(peers.catalog, peers.inventory, { products: pages.evict, stock: availability.evict })),
        provide(PictureSources, new PictureSources(peers.media, storage, upload)),
        provide(PromotionPeer, new PromotionPeer(peers.cart)),
        provide(OperatedServices, new OperatedServices(system.services)),
        provide(EdgeLoad, new EdgeLoad(host.load.facts, backlog)),
        provide(AuditClock, new AuditClock(host.now, cpuMs)),
      ],
      background: [notice, backlog],
      blockers: system.blockers,
      close: () => storage.close(),
      prepare: async (app) => {
        server = app.getHttpServer() as Server;
        installEdge(app, {
          endpoints,
          identity: host.identity,
          limits,
          logger: host.logger,
          metrics: host.metrics,
          load: host.load,
          backlog,
          isLeaving: () => notice.isGiven(),
        });
        await serveFiles(app, openApiOf(endpoints));
      },
    };
  },
});

/** CPU time of this process. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function peersOf(host: Host) {
  return {
    customer: host.peer('customer', customerV1.CustomerServiceService),
    catalog: host.peer('catalog', catalogV1.CatalogServiceService),
    inventory: host.peer('inventory', inventoryV1.InventoryServiceService),
    cart: host.peer('cart', cartV1.CartServiceService),
    order: host.peer('order', orderV1.OrderServiceService),
    shipping: host.peer('shipping', shippingV1.ShippingServiceService),
    loyalty: host.peer('loyalty', loyaltyV1.LoyaltyServiceService),
    media: host.peer('media', mediaV1.MediaServiceService),
  };
}
