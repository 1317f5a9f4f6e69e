import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { cartV1, customerV1, inventoryV1, orderV1, paymentV1, shippingV1 } from '@tandem/contracts';
import { defineService, type Host, idempotencyRetentionHours, newId, newUuid, provide } from '@tandem/host';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { pgCheckoutKeys, pgCheckoutStore } from './adapters/pg-checkout-store.js';
import { pgInstances } from './adapters/pg-instance.js';
import { pgOrderStore } from './adapters/pg-order-store.js';
import { pgOwedStore } from './adapters/pg-owed-store.js';
import { pgRefundStore } from './adapters/pg-refund-store.js';
import { prismaOrderLists } from './adapters/prisma-order-lists.js';
import { loadOrderConfig } from './config.js';
import { orderNumberFrom } from './domain/order-number.js';
import { CancelOrder, type StopShipment } from './features/cancel-order.js';
import { CancelOrderGrpc, CancelOrderParts } from './features/cancel-order.grpc.js';
import { Checkout } from './features/checkout.js';
import { CheckoutGrpc } from './features/checkout.grpc.js';
import { CheckoutSaga } from './features/checkout-saga.js';
import { checkoutSteps } from './features/checkout-steps.js';
import { DriveCheckouts } from './features/drive-checkouts.js';
import { NoteMailOnNotificationSent } from './features/follow-notifications.consumer.js';
import { NoteRefundOnPaymentRefunded, ResumeCheckoutOnPaymentSettled, WaitingCheckouts } from './features/follow-payments.consumer.js';
import { FollowPoints } from './features/follow-points.consumer.js';
import { FollowShipments } from './features/follow-shipments.consumer.js';
import { FollowHistoryGrpc } from './features/follow-history.grpc.js';
import { LookUpOrderGrpc, OrderLookups } from './features/look-up-order.grpc.js';
import { NoteFact } from './features/note-fact.js';
import { OrderReads, ReadOrdersGrpc } from './features/read-orders.grpc.js';
import { RefundOrder } from './features/refund-order.js';
import { RefundKeys, RefundOrderGrpc } from './features/refund-order.grpc.js';
import { lease, RunCheckouts } from './features/run-checkouts.js';
import { SettleOwed } from './features/settle-owed.js';
import { createTicker } from './features/ticker.js';
import { liveHistory } from './live-history.js';
import { countRuns, measureOpenCheckouts } from './metrics.js';

const pruneEveryMs = 600_000;

/** Orders: the checkout saga, cancelling, and the history of every order, its own facts and the other services'. */
export const order = defineService({
  name: 'order',
  config: loadOrderConfig,
  needs: { database: true, events: true },
  serves: { OrderService: orderV1.OrderServiceService },
  compose: (host, config) => {
    const { database, outbox, now, logger } = host;
    const instance = instanceOf(host);
    const onOwed = (): void => settleOwed.wake();
    const onDue = (): void => runCheckouts.wake();
    const history = liveHistory(host, instance.id);
    const owed = pgOwedStore(database);
    const orders = pgOrderStore({ database, outbox, onOwed, onHistory: history.grew });
    const lists = prismaOrderLists(host.pool);
    const instances = pgInstances(database, instance);

    const steps = checkoutSteps({
      cart: host.peer('cart', cartV1.CartServiceService),
      customer: host.peer('customer', customerV1.CustomerServiceService),
      inventory: host.peer('inventory', inventoryV1.InventoryServiceService),
      payment: host.peer('payment', paymentV1.PaymentServiceService),
    });
    const checkouts = pgCheckoutStore({ database, outbox, now, instanceId: instance.id, leaseMs: lease.leaseMs, onOwed, onDue, onHistory: history.grew });
    const saga = new CheckoutSaga(steps, checkouts, { now, instance: instance.name, newNumber: () => orderNumberFrom(randomBytes(8)), newRefundId: () => newId('refund') });
    const drive = new DriveCheckouts(saga, checkouts, { logger, count: countRuns(host.metrics) });
    const runCheckouts = new RunCheckouts(instances, drive, logger);
    measureOpenCheckouts(host.metrics, instances);

    const cancelOrder = new CancelOrder({ orders, owed, refunds: pgRefundStore, now, stopShipment: stopShipmentOf(host), newRefundId: () => newId('refund') });
    const refundOrder = new RefundOrder({ database, orders, refunds: pgRefundStore, askBank: steps.refund.do, now });
    const settleOwed = new SettleOwed(owed, {
      release: ({ orderId }) => steps.reserve.undo(orderId),
      refund: (due) => refundOrder.pay(due),
      cancel: async ({ orderId, reason }) => {
        const stopped = await cancelOrder.stop(orderId, reason);
        if (stopped.kind === 'cancelled') await database.transaction((tx) => cancelOrder.run(tx, orderId, reason));
      },
    }, logger);
    const pruning = createTicker({ everyMs: pruneEveryMs, work: () => instances.prune(idempotencyRetentionHours), onError: (error) => logger.warn({ err: error }, 'old keys were not pruned') });

    return {
      controllers: [CheckoutGrpc, CancelOrderGrpc, RefundOrderGrpc, ReadOrdersGrpc, FollowHistoryGrpc, LookUpOrderGrpc, FollowShipments, ResumeCheckoutOnPaymentSettled, NoteRefundOnPaymentRefunded, FollowPoints, NoteMailOnNotificationSent],
      providers: [
        provide(Checkout, new Checkout(checkouts, drive, { inFlight: config.checkoutsInFlight, newOrderId: () => newId('order') })),
        provide(CancelOrder, cancelOrder),
        provide(CancelOrderParts, new CancelOrderParts(database, orders, pgCheckoutKeys(database))),
        provide(RefundOrder, refundOrder),
        provide(RefundKeys, new RefundKeys(database, pgCheckoutKeys(database))),
        provide(OrderReads, new OrderReads(orders, lists)),
        ...history.providers,
        provide(OrderLookups, new OrderLookups(orders)),
        provide(NoteFact, new NoteFact(orders)),
        provide(WaitingCheckouts, new WaitingCheckouts(checkouts)),
      ],
      background: [runCheckouts, settleOwed, history.background, { name: 'pruning', start: () => Promise.resolve(pruning.start()), stop: () => pruning.stop() }],
      auditFacts: pgAuditFacts(database),
      close: async () => {
        await runCheckouts.end();
        await lists.close();
      },
    };
  },
});

/** This process among the replicas. Its name is where it answers: whoever starts there proves that the one before is gone. */
function instanceOf(host: Host): { readonly id: string; readonly name: string } {
  const id = newUuid();
  const { host: address, port } = host.base.grpcListen;
  return { id, name: port === 0 ? id : `${hostname()}/${address}:${port}` };
}

function stopShipmentOf(host: Host): StopShipment {
  const shipping = host.peer('shipping', shippingV1.ShippingServiceService);
  return async (orderId) => {
    const { outcome } = await shipping.stop({ orderId }, { isRepeatable: true });
    return outcome === shippingV1.Stopping_Outcome.OUTCOME_DISPATCHED ? 'dispatched' : 'stopped';
  };
}
