import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import type { INestApplication, Type } from '@nestjs/common';
import { createLogger, createMetrics, type Identity, type Load, type Metrics, type Principal, provide } from '@tandem/host';
import type { Logger } from 'pino';
import { controllers, ratesOf } from './edge.js';
import { PromotionPeer } from './features/admin-promotions.http.js';
import { AdminPeers } from './features/admin.http.js';
import { AfterSalePeers } from './features/after-sale.http.js';
import { AuditClock } from './features/audit.http.js';
import { AuthPeers } from './features/auth.http.js';
import { BacklogWatch } from './features/backlog-watch.js';
import { EdgeLoad } from './features/backpressure.http.js';
import { Carts } from './features/carts.http.js';
import { DocumentPeers } from './features/documents.http.js';
import { endpointsOf } from './features/edge/endpoint.js';
import { type LimitRates, Limits } from './features/edge/limits.js';
import { JobOwners, type JobOwner } from './features/jobs.http.js';
import { LiveStreams, OpenStreams } from './features/live-streams.js';
import { Notifications } from './features/notifications.http.js';
import { OperatedServices } from './features/ops.http.js';
import type { OperatedService } from './features/fan-out.js';
import { Orders } from './features/orders.http.js';
import { PaymentPeer } from './features/payment-webhooks.http.js';
import { PictureSources } from './features/pictures.http.js';
import { ProductSources } from './features/products.http.js';
import { SeatSources } from './features/seats.http.js';
import { LiveOrders } from './features/stream-order-events.http.js';
import { WebhookPeer } from './features/webhook-endpoints.http.js';
import { installEdge } from './install-edge.js';

/** Peers as plain objects: what a test does not give is not there. */
export type SpecPeers = {
  customer?: object;
  cart?: object;
  order?: object;
  shipping?: object;
  loyalty?: object;
  webhook?: object;
  document?: object;
  notification?: object;
  payment?: object;
  catalog?: object;
  inventory?: object;
  promotions?: object;
  pictures?: PictureSources;
  pages?: object;
  availability?: object;
  live?: LiveStreams;
  jobs?: Readonly<Record<string, JobOwner>>;
  services?: readonly { name: string; ops: object }[];
  /** What the edge writes of requests; nothing unless a test reads it. */
  logger?: Logger;
};

/** A storefront that listens on a free port of this machine. */
export type SpecStorefront = {
  readonly app: INestApplication;
  readonly url: string;
  readonly metrics: Metrics;
  readonly backlog: BacklogWatch;
  readonly close: () => Promise<void>;
};

/** Tokens are `<kind>:<id>` here; `expired:2026-11-21` expired when that day began. */
const identity: Pick<Identity, 'verifyUser'> = {
  verifyUser: async (token) => {
    const [kind, id] = token.split(':');
    if (kind === 'expired') return { kind, at: new Date(String(id)) };
    return id === undefined ? { kind: 'invalid' } : { id, kind: kind as Principal['kind'] };
  },
};

/** Nothing is pressed, unless a test says so. */
const idle: SpecLoad = {
  enter: () => () => undefined,
  facts: () => ({ level: 0, waitMs: 0, serviceMs: 0, shed: { entry: 0, cart: 0, checkout: 0, browse: 0 } }),
};
type SpecLoad = Pick<Load, 'enter' | 'facts'>;

export async function startStorefront(
  peers: SpecPeers,
  rates: LimitRates = ratesOf('development'),
  load: SpecLoad = idle,
): Promise<SpecStorefront> {
  const limits = new Limits(rates);
  const metrics = createMetrics('spec', false);
  const backlog = new BacklogWatch({
    services: (peers.services ?? []) as readonly OperatedService[],
    registry: metrics.registry,
    logger: createLogger('spec', 'silent'),
  });
  const as = <T>(value: object | undefined): T => (value ?? {}) as T;
  const providers = [
    provide(AuthPeers, new AuthPeers(as(peers.customer), as(peers.cart))),
    provide(ProductSources, new ProductSources(as(peers.pages), as(peers.availability))),
    provide(SeatSources, new SeatSources(as(peers.pages), as(peers.inventory))),
    provide(Carts, new Carts(as(peers.cart))),
    provide(Orders, new Orders(as(peers.order))),
    provide(JobOwners, new JobOwners(peers.jobs ?? {})),
    provide(
      LiveOrders,
      new LiveOrders(
        peers.live ??
          new LiveStreams('spec orders', {
            feed: { follow: () => undefined, read: () => Promise.resolve(new Map()), stop: () => undefined },
            open: new OpenStreams(),
            logger: createLogger('spec', 'silent'),
          }),
      ),
    ),
    provide(AfterSalePeers, new AfterSalePeers(as(peers.shipping), as(peers.loyalty), as(peers.order))),
    provide(DocumentPeers, new DocumentPeers(as(peers.document), as(peers.order))),
    provide(PaymentPeer, new PaymentPeer(as(peers.payment))),
    provide(Notifications, new Notifications(as(peers.notification))),
    provide(WebhookPeer, new WebhookPeer(as(peers.webhook))),
    provide(AdminPeers, new AdminPeers(as(peers.catalog), as(peers.inventory), { products: () => undefined, stock: () => undefined })),
    provide(PictureSources, peers.pictures ?? as(undefined)),
    provide(PromotionPeer, new PromotionPeer(as(peers.promotions))),
    provide(OperatedServices, new OperatedServices((peers.services ?? []) as readonly OperatedService[])),
    provide(EdgeLoad, new EdgeLoad(load.facts, backlog)),
    provide(
      AuditClock,
      new AuditClock(
        () => new Date('2026-11-21T12:00:00Z'),
        () => 0,
      ),
    ),
  ];
  class SpecModule {}
  const adapter = new FastifyAdapter({
    bodyLimit: 100_000,
    maxParamLength: 500,
    forceCloseConnections: true,
    http: { maxHeaderSize: 16_384 },
  });
  const module = { module: SpecModule as Type, controllers: [...controllers], providers };
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false, rawBody: true });
  installEdge(app, {
    endpoints: endpointsOf(controllers),
    identity: identity as Identity,
    limits,
    logger: peers.logger ?? createLogger('spec', 'silent'),
    metrics,
    load,
    backlog,
    isLeaving: () => false,
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), metrics, backlog, close: () => app.close() };
}
