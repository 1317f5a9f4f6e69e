import { shippingV1 } from '@tandem/contracts';
import { type Host, newId, provide } from '@tandem/host';
import type { OrderId } from '@tandem/kernel';
import { pgCheckoutKeys } from './adapters/pg-checkout-store.js';
import type { OrderStore, OwedStore } from './domain/order-store.js';
import { pgRefundStore } from './adapters/pg-refund-store.js';
import { pgSagas } from './adapters/pg-sagas.js';
import { pgTimeline } from './adapters/pg-timeline.js';
import { redeems } from './domain/order.js';
import { CancelOrder, type StopShipment } from './features/cancel-order.js';
import { CancelOrderGrpc, CancelOrderParts } from './features/cancel-order.grpc.js';
import { requestOf } from './features/cause.js';
import type { CheckoutSteps } from './features/checkout-steps.js';
import { RefundOrder, type RefundParts } from './features/refund-order.js';
import { RefundKeys, RefundOrderGrpc } from './features/refund-order.grpc.js';
import { SettleOwed } from './features/settle-owed.js';
import { SteerSagas } from './features/steer-sagas.js';
import { SagaReads, SteerSagasGrpc } from './features/steer-sagas.grpc.js';
import { noteCalls } from './features/timeline.js';

export type AfterCheckoutParts = {
  readonly orders: OrderStore;
  readonly owed: OwedStore;
  readonly steps: CheckoutSteps;
  /** Who makes the calls, on the timeline of an order. */
  readonly instance: string;
  /** Called after a commit that made a checkout due. */
  readonly onDue: () => void;
};

/** What takes an order back: cancelling, refunding, the debts both leave until other services have taken them, and the operator's hand on it all. */
export function afterCheckout(host: Host, { orders, owed, steps, instance, onDue }: AfterCheckoutParts) {
  const { database, now, logger } = host;
  const { stopShipment, askBank, release } = laterCalls(host, { orders, steps, instance });
  const cancelOrder = new CancelOrder({
    orders,
    owed,
    refunds: pgRefundStore,
    now,
    stopShipment,
    newRefundId: () => newId('refund'),
  });
  const refundOrder = new RefundOrder({ database, orders, refunds: pgRefundStore, askBank, now });
  const settleOwed = new SettleOwed(
    owed,
    {
      release: ({ orderId }) => release(orderId),
      refund: (due) => refundOrder.pay(due),
      cancel: async ({ orderId, reason }) => {
        const stopped = await cancelOrder.stop(orderId, reason, undefined);
        if (stopped.kind === 'cancelled') await database.transaction((tx) => cancelOrder.run(tx, orderId, reason));
      },
    },
    logger,
  );
  // A look for what another process has left; its own debts wake it.
  const settling = host.schedules.every({ name: 'settle-debts', everyMs: 2_000, work: () => settleOwed.turn() });
  const sagas = pgSagas(database, () => {
    onDue();
    settling.wake();
  });
  const isCheckoutKey = pgCheckoutKeys(database);
  return {
    controllers: [CancelOrderGrpc, RefundOrderGrpc, SteerSagasGrpc],
    providers: [
      provide(CancelOrder, cancelOrder),
      provide(CancelOrderParts, new CancelOrderParts(database, orders, isCheckoutKey)),
      provide(RefundOrder, refundOrder),
      provide(SagaReads, new SagaReads(sagas, database, isCheckoutKey)),
      provide(SteerSagas, new SteerSagas(sagas, refundOrder)),
      provide(RefundKeys, new RefundKeys(database, isCheckoutKey)),
    ],
    settling,
  };
}

type LaterCalls = {
  readonly stopShipment: StopShipment;
  readonly askBank: RefundParts['askBank'];
  /** What a checkout had set aside: points, then stock. */
  readonly release: (orderId: OrderId) => Promise<void>;
};

/** What is asked of other services after a checkout, each call noted on the order's timeline. */
function laterCalls(host: Host, { orders, steps, instance }: Pick<AfterCheckoutParts, 'orders' | 'steps' | 'instance'>): LaterCalls {
  const { database, now, logger } = host;
  const noted = noteCalls({ append: pgTimeline(database), instance, now, logger });
  const stop = stopShipmentOf(host);
  return {
    stopShipment: (orderId, cause) =>
      noted(
        { orderId, step: 'stop shipment' },
        () => stop(orderId, cause),
        (outcome) => outcome,
      ),
    askBank: (orderId, refund, cause) =>
      noted(
        { orderId, step: `refund ${refund.id}` },
        () => steps.refund.do(orderId, refund, cause),
        (given) => (given === 'given' ? 'given back' : 'in hand'),
      ),
    release: async (orderId) => {
      const order = await orders.find(orderId);
      if (order && redeems(order))
        await noted(
          { orderId, step: 'undo redeem' },
          () => steps.redeem.undo(order, undefined),
          () => 'given back',
        );
      await noted(
        { orderId, step: 'undo reserve' },
        () => steps.reserve.undo(orderId, undefined),
        () => 'released',
      );
    },
  };
}

function stopShipmentOf(host: Host): StopShipment {
  const shipping = host.peer('shipping', shippingV1.ShippingServiceService);
  return async (orderId, cause) => {
    const { outcome } = await shipping.stop({ orderId }, { isRepeatable: true, ...requestOf(cause) });
    return outcome === shippingV1.Stopping_Outcome.OUTCOME_DISPATCHED ? 'dispatched' : 'stopped';
  };
}
