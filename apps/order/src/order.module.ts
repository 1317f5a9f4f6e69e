import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { cartV1, customerV1, inventoryV1, loyaltyV1, orderV1, paymentV1 } from '@tandem/contracts';
import {
  countRefusals,
  createDatabase,
  createPool,
  defineService,
  type Host,
  idempotencyRetentionHours,
  newId,
  newUuid,
  provide,
} from '@tandem/host';
import { afterCheckout } from './after-checkout.js';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { pgCheckoutStore } from './adapters/pg-checkout-store.js';
import { pgCustomerTiers } from './adapters/pg-customer-tiers.js';
import { pgInstances } from './adapters/pg-instance.js';
import { pgOrderStore } from './adapters/pg-order-store.js';
import { pgRefundList } from './adapters/pg-refund-store.js';
import { pgOwedStore } from './adapters/pg-owed-store.js';
import { prismaOrderLists } from './adapters/prisma-order-lists.js';
import { loadOrderConfig, type OrderConfig } from './config.js';
import { orderNumberFrom } from './domain/order-number.js';
import { Checkout } from './features/checkout.js';
import { CheckoutGrpc } from './features/checkout.grpc.js';
import { CheckoutSaga } from './features/checkout-saga.js';
import { type CheckoutSteps, checkoutSteps } from './features/checkout-steps.js';
import { DriveCheckouts } from './features/drive-checkouts.js';
import { NoteMailOnNotificationSent } from './features/follow-notifications.consumer.js';
import { NoteRefundOnPaymentRefunded, ResumeCheckoutOnPaymentSettled, WaitingCheckouts } from './features/follow-payments.consumer.js';
import { FollowPoints } from './features/follow-points.consumer.js';
import { FollowShipments } from './features/follow-shipments.consumer.js';
import { FollowTiers, KnownTiers } from './features/follow-tiers.consumer.js';
import { FollowHistoryGrpc } from './features/follow-history.grpc.js';
import { LookUpOrderGrpc, OrderLookups } from './features/look-up-order.grpc.js';
import { NoteFact } from './features/note-fact.js';
import { OrderReads, ReadOrdersGrpc } from './features/read-orders.grpc.js';
import { lease, RunCheckouts } from './features/run-checkouts.js';
import { liveHistory } from './live-history.js';
import { countRuns, measureOpenCheckouts } from './metrics.js';

const pruneEveryMs = 600_000;

const reading = [ReadOrdersGrpc, FollowHistoryGrpc, LookUpOrderGrpc];
const following = [
  FollowShipments,
  ResumeCheckoutOnPaymentSettled,
  NoteRefundOnPaymentRefunded,
  FollowPoints,
  FollowTiers,
  NoteMailOnNotificationSent,
];

/** Orders: the checkout saga, cancelling, and the history of every order, its own facts and the other services'. */
export const order = orderWith((steps) => steps);

/** The same by other steps: as an earlier version was, in the proof of upgrades. */
export function orderWith(vary: (steps: CheckoutSteps) => CheckoutSteps) {
  return defineService({
    name: 'order',
    config: loadOrderConfig,
    needs: { database: true, events: true },
    serves: { OrderService: orderV1.OrderServiceService },
    compose: (host, config) => {
      const { database, outbox, now, logger } = host;
      const instance = instanceOf(host);
      const onOwed = (): void => after.settling.wake();
      const onDue = (): void => runCheckouts.wake();
      const history = liveHistory(host, instance.id);
      const owed = pgOwedStore(database);
      const orders = pgOrderStore({ database, outbox, onOwed, onHistory: history.grew });
      const lists = prismaOrderLists(host.pool);
      const pulse = createPool(host.base.databaseUrl ?? '', 1, logger);
      const instances = pgInstances(database, instance, createDatabase(pulse));

      const steps = vary(stepsOf(host, config));
      const woken = { onOwed, onDue, onHistory: history.grew };
      const checkouts = pgCheckoutStore({ database, outbox, now, instanceId: instance.id, leaseMs: lease.leaseMs, ...woken });
      const saga = new CheckoutSaga(steps, checkouts, { now, instance: instance.name, newNumber, newRefundId });
      const drive = new DriveCheckouts(saga, checkouts, { logger, count: countRuns(host.metrics) });
      const runCheckouts = new RunCheckouts(instances, drive, logger);
      measureOpenCheckouts(host.metrics, instances);
      const refusals = countRefusals(host.metrics.registry, ['checkout']);
      const onAsked = (isRefused: boolean): void => refusals.asked('checkout', isRefused);

      const after = afterCheckout(host, { orders, owed, steps, instance: instance.name, onDue });
      const prune = () => instances.prune(idempotencyRetentionHours);
      const pruning = host.schedules.every({ name: 'forget-checkout-keys', everyMs: pruneEveryMs, work: prune });

      return {
        controllers: [CheckoutGrpc, ...after.controllers, ...reading, ...following],
        providers: [
          provide(Checkout, new Checkout(checkouts, drive, { inFlight: config.checkoutsInFlight, newOrderId, onAsked })),
          ...after.providers,
          provide(OrderReads, new OrderReads(orders, lists, pgRefundList(database))),
          ...history.providers,
          provide(OrderLookups, new OrderLookups(orders)),
          provide(NoteFact, new NoteFact(orders)),
          provide(KnownTiers, new KnownTiers(pgCustomerTiers)),
          provide(WaitingCheckouts, new WaitingCheckouts(checkouts)),
        ],
        background: [runCheckouts, after.settling, history.background, pruning],
        auditFacts: pgAuditFacts(database),
        refusals: refusals.facts,
        close: async () => {
          await runCheckouts.end();
          await Promise.all([lists.close(), pulse.end()]);
        },
      };
    },
  });
}

const newNumber = (): string => orderNumberFrom(randomBytes(8));
const newRefundId = () => newId('refund');
const newOrderId = () => newId('order');

function stepsOf(host: Host, config: OrderConfig): CheckoutSteps {
  const peers = {
    cart: host.peer('cart', cartV1.CartServiceService),
    customer: host.peer('customer', customerV1.CustomerServiceService),
    inventory: host.peer('inventory', inventoryV1.InventoryServiceService),
    loyalty: host.peer('loyalty', loyaltyV1.LoyaltyServiceService),
    payment: host.peer('payment', paymentV1.PaymentServiceService),
  };
  return checkoutSteps(peers, config);
}

/** This process among the replicas. Its name is where it answers: whoever starts there proves that the one before is gone. */
function instanceOf(host: Host): { readonly id: string; readonly name: string } {
  const id = newUuid();
  const { host: address, port } = host.base.grpcListen;
  return { id, name: port === 0 ? id : `${hostname()}/${address}:${port}` };
}
