import {
  OrderCancelledV1,
  OrderDeliveredV1,
  OrderParcelLostV1,
  OrderParcelReturnedV1,
  OrderRefundedV1,
  OrderShippedV1,
} from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { Order, RefundDue, Shipment } from '../domain/order.js';
import type { OrderStatus } from '../domain/order-states.js';
import type { HistoryEntry, HistoryLine, OrderStore } from '../domain/order-store.js';
import { shipmentsWith, type ToldBefore } from '../domain/shipment-facts.js';
import { findOrder } from './checkout-statements.js';
import {
  cancelledEvent,
  deliveredEvent,
  moneyData,
  parcelLostEvent,
  parcelReturnedEvent,
  refundedEvent,
  shippedEvent,
} from './order-events.js';
import { orderColumns, orderFrom, type OrderRow } from './order-rows.js';
import { owe, settleOwed } from './pg-owed-store.js';

const findByNumber: Statement = { name: 'order_find_by_number', text: `SELECT ${orderColumns} FROM orders o WHERE o.number = $1` };
const lock: Statement = {
  name: 'order_lock',
  text: `SELECT ${orderColumns}, EXISTS (SELECT FROM order_history h WHERE h.source_event_id = $2::uuid) AS "isKnown" FROM orders o WHERE o.id = $1 FOR UPDATE OF o`,
};
/** One statement: the change and its lines, numbered on from the last. `$4`: lines as `[{type, at, data, source}]`. */
const record: Statement = {
  name: 'order_record',
  text: `WITH changed AS (UPDATE orders SET status = coalesce($2, status), payment_status = coalesce($3, payment_status),
        cancel_reason = coalesce($5, cancel_reason), last_event = last_event + jsonb_array_length($4::jsonb)
      WHERE id = $1 RETURNING id, last_event - jsonb_array_length($4::jsonb) AS base)
    INSERT INTO order_history (order_id, sequence, type, at, data, source_event_id)
    SELECT id, base + n, line->>'type', (line->>'at')::timestamptz, line->'data', (line->>'source')::uuid FROM changed, jsonb_array_elements($4::jsonb) WITH ORDINALITY AS l (line, n)`,
};
/** Facts of different orders, whose rows are locked in order, as several batches may want the same ones. The unique source keeps one that is delivered twice at once from being written twice. */
const note: Statement = {
  name: 'order_note',
  text: `WITH locked AS MATERIALIZED (SELECT id FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE),
    changed AS (UPDATE orders o SET points_earned = greatest(0, points_earned + f.points), last_event = last_event + 1
      FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::jsonb[], $6::uuid[]) f (order_id, points, type, at, data, source) JOIN locked l ON l.id = f.order_id
      WHERE o.id = l.id AND NOT EXISTS (SELECT FROM order_history h WHERE h.source_event_id = f.source)
      RETURNING o.id, o.last_event, f.type, f.at, f.data, f.source)
    INSERT INTO order_history (order_id, sequence, type, at, data, source_event_id) SELECT id, last_event, type, at, data, source FROM changed RETURNING order_id::text AS order`,
};
const toldOf: Statement = {
  name: 'order_told_of',
  text: `SELECT type, coalesce(data->>'trackingCode', '') AS "trackingCode" FROM order_history WHERE order_id = $1 AND data->>'shipmentId' = $2`,
};
const saveShipment: Statement = {
  name: 'order_save_shipment',
  text: `INSERT INTO order_shipment (id, order_id, position, status, carrier, tracking_code, tracking_codes, estimated_delivery) SELECT $1, id, last_event, $3, $4, $5, $6, $7 FROM orders WHERE id = $2
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, carrier = excluded.carrier, tracking_code = excluded.tracking_code,
      tracking_codes = excluded.tracking_codes, estimated_delivery = excluded.estimated_delivery`,
};
const history: Statement = {
  name: 'order_history',
  text: 'SELECT sequence, type, at, data FROM order_history WHERE order_id = $1 AND sequence > $2::bigint ORDER BY sequence LIMIT $3',
};

type OrderStoreParts = {
  readonly database: Database;
  readonly outbox: Outbox;
  /** Called after the commit of a transaction that owes something. */
  readonly onOwed: () => void;
  /** Called with an order's UUID after the commit of new lines of its history. */
  readonly onHistory: (order: string) => void;
};

/** Orders after their checkout, in PostgreSQL. Every writer holds the order's row lock, which numbers its history. */
export function pgOrderStore(parts: OrderStoreParts): OrderStore {
  const { database, outbox, onHistory } = parts;
  return {
    find: (id) => one(database.query<OrderRow>(findOrder, [uuidOf('order', id)])),
    findByNumber: (number) => one(database.query<OrderRow>(findByNumber, [number])),
    lock: async (tx, id, sourceEventId) => {
      const [row] = await sessionOf(tx).query<OrderRow & { isKnown: boolean }>(lock, [uuidOf('order', id), sourceEventId ?? null]);
      return row && { order: orderFrom(row), isKnown: row.isKnown };
    },
    toldOf: (tx, id, shipmentId) => sessionOf(tx).query<ToldBefore>(toldOf, [uuidOf('order', id), shipmentId]),
    note: async (tx, facts) => {
      const columns = [
        facts.map(({ orderId }) => uuidOf('order', orderId)),
        facts.map(({ points }) => points),
        facts.map(({ line }) => line.type),
      ];
      const more = [
        facts.map(({ line }) => line.at),
        facts.map(({ line }) => JSON.stringify(line.data)),
        facts.map(({ line }) => line.sourceEventId),
      ];
      const noted = await sessionOf(tx).query<{ order: string }>(note, [...columns, ...more]);
      sessionOf(tx).afterCommit(() => noted.forEach(({ order }) => onHistory(order)));
      return noted.length;
    },
    record: async (tx, order, { lines, change }) => {
      await write(tx, order.id, { ...change, lines, onHistory });
      const { shipment, astray } = change;
      if (shipment) await sessionOf(tx).query(saveShipment, shipmentValues(uuidOf('order', order.id), shipment));
      const moved = shipment ? { ...order, shipments: shipmentsWith(order, shipment) } : order;
      const at = lines.at(-1)?.at ?? new Date();
      if (change.status === 'shipped') await outbox.enqueue(tx, OrderShippedV1, shippedEvent(moved, at));
      if (change.status === 'delivered') await outbox.enqueue(tx, OrderDeliveredV1, deliveredEvent(moved, at));
      if (!shipment || !astray) return;
      const { isFurther, trackingCode } = astray;
      const parcel = { ...shipment, trackingCode };
      if (astray.status === 'lost') await outbox.enqueue(tx, OrderParcelLostV1, parcelLostEvent(order, parcel, { at, isFurther }));
      else await outbox.enqueue(tx, OrderParcelReturnedV1, parcelReturnedEvent(order, parcel, { at, isFurther }));
    },
    cancel: (tx, order, noting) => cancel(parts, tx, { order, ...noting }),
    refund: async (tx, order, noting) => {
      const { refund, isFull, status, at } = noting;
      const data = {
        refundId: refund.id,
        amount: moneyData(refund.amount),
        isFull,
        reason: refund.reason,
        lines: refund.lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      };
      const change = { ...(status ? { status } : {}), ...(isFull ? { paymentStatus: 'refunded' } : {}) };
      await write(tx, order.id, { lines: [{ type: 'order.refunded', at, data }], ...change, onHistory });
      await outbox.enqueue(tx, OrderRefundedV1, refundedEvent(order, noting));
    },
    history: (id, after, limit) => database.query<HistoryEntry>(history, [uuidOf('order', id), after, limit]),
  };
}

type Cancelling = { readonly order: Order; readonly refund: RefundDue | null; readonly at: Date };

async function cancel({ outbox, onOwed, onHistory }: OrderStoreParts, tx: Tx, { order, refund, at }: Cancelling): Promise<void> {
  const { cancelReason } = order;
  const data = { reason: cancelReason, ...refundData(refund) };
  await write(tx, order.id, { lines: [{ type: 'order.cancelled', at, data }], status: 'cancelled', cancelReason, onHistory });
  await outbox.enqueue(tx, OrderCancelledV1, cancelledEvent(order, { refund, at }));
  await settleOwed(sessionOf(tx), uuidOf('order', order.id), 'cancel');
  if (!refund) return;
  await owe(sessionOf(tx), { kind: 'refund', orderId: order.id, ...refund }, 0);
  sessionOf(tx).afterCommit(onOwed);
}

async function one(rows: Promise<readonly OrderRow[]>): Promise<Order | undefined> {
  const [row] = await rows;
  return row && orderFrom(row);
}

type Writing = {
  readonly lines: readonly HistoryLine[];
  readonly status?: OrderStatus;
  readonly paymentStatus?: string;
  readonly cancelReason?: string | null;
  readonly onHistory: OrderStoreParts['onHistory'];
};

async function write(tx: Tx, id: Order['id'], { lines, status, paymentStatus, cancelReason, onHistory }: Writing): Promise<void> {
  const order = uuidOf('order', id);
  const written = lines.map(({ type, at, data, sourceEventId }) => ({ type, at, data, source: sourceEventId ?? null }));
  await sessionOf(tx).query(record, [order, status ?? null, paymentStatus ?? null, JSON.stringify(written), cancelReason ?? null]);
  sessionOf(tx).afterCommit(() => onHistory(order));
}

function shipmentValues(orderId: string, shipment: Shipment): readonly unknown[] {
  const { id, status, carrier, trackingCode, trackingCodes = [], estimatedDelivery } = shipment;
  return [uuidOf('shipment', id), orderId, status, carrier, trackingCode, trackingCodes, estimatedDelivery ?? null];
}

function refundData(refund: RefundDue | null): object {
  return refund
    ? { refund: { refundId: refund.refundId, amount: { amount: Number(refund.amount.minor), currency: refund.amount.currency } } }
    : {};
}
