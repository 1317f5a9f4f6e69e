import { byOrder, copied, type Kind, ofStranger, toStranger } from './kind.js';

/** I1: an effect of an order nobody made. */
const orphans: readonly Kind[] = (
  [
    ['payment.captured', 'payment.payment', copied('payment', 'payment', toStranger)],
    [
      'mail.sent',
      'notification.delivery',
      copied('notification', 'delivery', `${toStranger}, 'message_id', 'planted', 'sequence', 9000000, 'token', gen_random_uuid()`),
    ],
    ['shipment', 'shipping.shipment', copied('shipping', 'shipment', `${toStranger}, 'label_id', 'planted', 'tracking_code', 'planted'`)],
    ['points.entry', 'loyalty.ledger_entry', copied('loyalty', 'ledger_entry', `${toStranger}, 'sequence', 9000000`)],
    [
      'document',
      'document.document',
      copied('document', 'document', `${toStranger}, 'number', 'PLANTED', 'job_id', gen_random_uuid()`, { where: `kind = 'invoice'` }),
    ],
  ] as const
).map(([kind, row, plant]) => ({
  name: `${kind} of an order that does not exist`,
  in: 'plain',
  plants: [ofStranger(plant)],
  found: [['I1', new RegExp(`^${kind.replace('.', '\\.')} without an order$`)]],
  row,
  isOfOrder: false,
}));

/** I3. */
const counts: readonly Kind[] = [
  {
    name: 'a second charge',
    in: 'plain',
    plants: [copied('payment', 'payment', `'attempt', 2`)],
    found: [
      ['I3', /^was charged more than once$/],
      ['I5', /^costs \d+, \d+ was taken$/],
    ],
    row: 'payment.payment',
  },
  {
    name: 'no charge',
    isTimeless: true,
    in: 'plain',
    plants: [byOrder('payment', 'payment', 'DELETE FROM payment WHERE order_id = $1')],
    found: [
      ['I3', /^was never charged$/],
      ['I5', /^costs \d+, 0 was taken$/],
    ],
    row: 'order.orders',
  },
  {
    name: 'a second mail',
    in: 'plain',
    plants: [
      copied('notification', 'delivery', `'message_id', 'planted', 'sequence', 9000000, 'token', gen_random_uuid()`, {
        where: `kind = 'order.confirmed'`,
        lift: 'delivery_order_id_kind_source_key',
      }),
    ],
    found: [['I3', /^got the mail order\.confirmed more than once$/]],
    row: 'notification.delivery',
  },
  {
    name: 'no mail',
    isTimeless: true,
    in: 'plain',
    plants: [byOrder('notification', 'delivery', `DELETE FROM delivery WHERE order_id = $1 AND kind = 'order.confirmed'`)],
    found: [['I3', /^got no mail of its confirmation$/]],
    row: 'order.orders',
  },
  {
    name: 'a second shipment',
    in: 'plain',
    plants: [copied('shipping', 'shipment', `'label_id', 'planted', 'tracking_code', 'planted'`, { lift: 'shipment_order_id_key' })],
    found: [['I3', /^has more than one shipment$/]],
    row: 'shipping.shipment',
  },
  {
    name: 'no shipment',
    isTimeless: true,
    in: 'plain',
    plants: [byOrder('shipping', 'shipment', 'DELETE FROM shipment WHERE order_id = $1')],
    found: [['I3', /^has no shipment$/]],
    row: 'order.orders',
  },
  {
    name: 'the label of a cancelled order',
    isTimeless: true,
    in: 'cancelled',
    plants: [byOrder('shipping', 'shipment', `UPDATE shipment SET status = 'created' WHERE order_id = $1`)],
    found: [['I3', /^was cancelled, its label is not voided$/]],
    row: 'shipping.shipment',
  },
  {
    name: 'a second invoice',
    in: 'plain',
    plants: [
      copied('document', 'document', `'number', 'PLANTED', 'reference', 'planted', 'job_id', gen_random_uuid()`, {
        where: `kind = 'invoice'`,
      }),
    ],
    found: [['I3', /^has more than one invoice$/]],
    row: 'document.document',
  },
  {
    name: 'no invoice',
    isTimeless: true,
    in: 'plain',
    plants: [byOrder('document', 'document', `DELETE FROM document WHERE order_id = $1 AND kind = 'invoice'`)],
    found: [['I3', /^has no invoice$/]],
    row: 'order.orders',
  },
  {
    name: 'no credit note',
    isTimeless: true,
    in: 'partly',
    plants: [byOrder('document', 'document', `DELETE FROM document WHERE order_id = $1 AND kind = 'credit-note'`)],
    found: [['I3', /^has 0 credit notes made for 1 refunds$/]],
    row: 'order.orders',
  },
  {
    name: 'a credit note too many',
    in: 'partly',
    plants: [
      copied('document', 'document', `'number', 'PLANTED', 'reference', 'planted', 'job_id', gen_random_uuid()`, {
        where: `kind = 'credit-note'`,
      }),
    ],
    found: [['I3', /^has 2 credit notes for 1 refunds$/]],
    row: 'document.document',
  },
  {
    name: 'points earned twice',
    in: 'plain',
    plants: [
      copied('loyalty', 'ledger_entry', `'sequence', 9000000`, { where: `kind = 'earned'`, lift: 'ledger_entry_order_id_kind_source_key' }),
    ],
    found: [
      ['I3', /^earned points more than once$/],
      ['I6', /^has earned \d+ points in the ledger, the order was told \d+$/],
    ],
    row: 'loyalty.ledger_entry',
  },
  {
    name: 'no points',
    isTimeless: true,
    in: 'plain',
    plants: [byOrder('loyalty', 'ledger_entry', 'DELETE FROM ledger_entry WHERE order_id = $1')],
    found: [
      ['I3', /^earned no points$/],
      ['I6', /^has earned 0 points in the ledger, the order was told \d+$/],
    ],
    row: 'order.orders',
  },
  {
    name: 'points of a guest',
    isTimeless: true,
    in: 'plain',
    plants: [{ service: 'order', table: 'orders', where: 'id = $1', change: 'UPDATE orders SET customer_id = NULL WHERE id = $1' }],
    found: [['I3', /^earned points though it is a guest’s$/]],
    row: 'loyalty.ledger_entry',
  },
];

export const ofEffects: readonly Kind[] = [...orphans, ...counts];
