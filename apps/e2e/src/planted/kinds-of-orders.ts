import { byOrder, type Kind } from './kind.js';
import type { PlantedOrders } from './orders.js';

const aDayAndMore = "now() - interval '2 days'";
const refund = (status: string): string =>
  `INSERT INTO order_refund (id, order_id, minor, currency, cause, reason, status, created_at, due_at)
   VALUES (gen_random_uuid(), $1, 1, 'EUR', 'staff', 'planted', '${status}', ${aDayAndMore}, now() + interval '1 day')`;
const sister = '00000000-0000-7000-8000-000000000001';

/** I2 and I7. */
export const ofOrders: readonly Kind[] = [
  {
    name: 'an order that stays open',
    in: 'plain',
    plants: [
      {
        service: 'order',
        table: 'orders',
        where: `id = '${sister}'`,
        change: `INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', '${sister}', 'number', 'PLANTED0', 'cart_id', gen_random_uuid(),
          'sequence', 9000000, 'status', 'pending', 'payment_id', NULL, 'confirmed_at', NULL))).* FROM orders o WHERE id = $1`,
      },
      {
        service: 'order',
        table: 'order_history',
        where: `order_id = '${sister}'`,
        change: `INSERT INTO order_history (order_id, sequence, type, at, data) VALUES ('${sister}', 1, 'order.placed', now() - interval '11 minutes', '{}')`,
      },
    ],
    found: [['I2', /^the order has been open for more than ten minutes$/]],
    row: 'order.orders',
    isOfOrder: false,
  },
  ...['pending', 'refused'].map((status): Kind => ({
    name: `a refund that is ${status} for two days`,
    in: 'plain',
    plants: [byOrder('order', 'order_refund', refund(status))],
    found: [['I2', new RegExp(`^its refund ref_\\w+ of 1 EUR has been ${status} for more than a day$`)]],
    row: 'order.order_refund',
  })),
  {
    name: 'a hole in a history',
    isTimeless: true,
    in: 'plain',
    plants: [byOrder('order', 'order_history', 'DELETE FROM order_history WHERE order_id = $1 AND sequence = 3')],
    found: [['I7', /^has \d entries, the last is number \d$/]],
    row: 'order.order_history',
  },
  {
    name: 'a history without its beginning',
    in: 'plain',
    plants: [
      byOrder(
        'order',
        'order_history',
        `UPDATE order_history SET type = 'order.confirmed', written_at = now() WHERE order_id = $1 AND type = 'order.placed'`,
      ),
    ],
    found: [['I7', /^begins with order\.confirmed$/]],
    row: 'order.order_history',
  },
  {
    name: 'an effect before its cause',
    in: 'guests',
    plants: [
      byOrder(
        'order',
        'order_history',
        `UPDATE order_history SET written_at = now(), type = CASE type WHEN 'order.confirmed' THEN 'shipment.created' ELSE 'order.confirmed' END
         WHERE order_id = $1 AND type IN ('order.confirmed', 'shipment.created')`,
      ),
    ],
    found: [['I7', /^has shipment\.created before order\.confirmed$/]],
    row: 'order.order_history',
  },
];

/** I8. */
export const ofQueues = ({ plain }: PlantedOrders): readonly Kind[] => [
  {
    name: 'a message that is set aside',
    in: 'plain',
    plants: [
      {
        service: 'shipping',
        table: 'messaging.parked',
        where: `identity = 'planted'`,
        change: `INSERT INTO messaging.parked (id, grp, topic, partition, "offset", key, sequence, type, identity, headers, encoding, recorded_at, class, reason, status, first_failed_at)
          VALUES (gen_random_uuid(), 'shipping', 'order', 0, 0, '${plain.id}', 99, 'order.confirmed.v1', 'planted', '{}', 'text', now(), 'poison', 'planted', 'dead', now() - interval '11 minutes')`,
      },
    ],
    found: [['I8', /^shipping has order\.confirmed\.v1 \(dl_\w+\) set aside for 11 minutes: planted$/]],
    row: 'shipping.messaging.parked',
    isOfOrder: false,
  },
  {
    name: 'a row of an outbox that the log refuses',
    in: 'plain',
    plants: [
      {
        service: 'payment',
        table: 'messaging.outbox',
        where: `refused = 'planted'`,
        change: `INSERT INTO messaging.outbox (topic, key, sequence, headers, payload, refused) VALUES ('payment', '${plain.id}', 99, '{}', '{}', 'planted')`,
      },
    ],
    found: [['I8', /^the log refuses 1 of its messages$/]],
    row: 'payment.messaging.outbox',
    isOfOrder: false,
  },
];
