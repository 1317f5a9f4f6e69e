import type { Plant } from '../adapters/pg-planting.js';
import { byOrder, type Kind } from './kind.js';

const ofPayment = 'payment_id IN (SELECT id FROM payment WHERE order_id = $1)';
const refund = (change: string): readonly Plant[] => [
  { service: 'payment', table: 'refund', where: ofPayment, change: `${change} WHERE ${ofPayment}` },
];
/** A refund is judged once it is 15 seconds old. */
const aWhileAgo = "now() - interval '20 seconds'";
const given = (minor: string): readonly Plant[] => [
  {
    service: 'payment',
    table: 'refund',
    where: ofPayment,
    change: `INSERT INTO refund (id, payment_id, minor, status, settled_at, created_at)
      SELECT gen_random_uuid(), id, ${minor}, 'succeeded', ${aWhileAgo}, ${aWhileAgo} FROM payment WHERE order_id = $1`,
  },
];
const order = (change: string): readonly Plant[] => [
  { service: 'order', table: 'orders', where: 'id = $1', change: `UPDATE orders SET ${change} WHERE id = $1` },
];
const entries = (change: string, lift?: string): readonly Plant[] => [byOrder('loyalty', 'ledger_entry', change, lift ? { lift } : {})];
const without = (kind: string): readonly Plant[] => entries(`DELETE FROM ledger_entry WHERE order_id = $1 AND kind = '${kind}'`);

/** I5. */
const ofMoney: readonly Kind[] = [
  {
    name: 'a charge of another amount',
    in: 'plain',
    plants: [byOrder('payment', 'payment', 'UPDATE payment SET minor = minor - 1, settled_at = now() WHERE order_id = $1')],
    found: [['I5', /^costs \d+, \d+ was taken$/]],
    row: 'payment.payment',
  },
  {
    name: 'a charge in another currency',
    in: 'plain',
    plants: [byOrder('payment', 'payment', `UPDATE payment SET currency = 'USD', settled_at = now() WHERE order_id = $1`)],
    found: [['I5', /^costs EUR, its money moved in USD$/]],
    row: 'payment.payment',
  },
  {
    name: 'more money back than was taken',
    in: 'plain',
    plants: given('minor + 1'),
    found: [['I5', /^got more money back than was taken$/]],
    row: 'payment.refund',
  },
  {
    name: 'the money of a cancelled order',
    isTimeless: true,
    in: 'cancelled',
    plants: refund('DELETE FROM refund'),
    found: [['I5', /^was cancelled, \d+ of its money is kept$/]],
    row: 'payment.payment',
  },
  {
    name: 'a refund that only payment knows',
    in: 'plain',
    plants: given('1'),
    found: [['I5', /^got 1 back by a refund that the order does not know$/]],
    row: 'payment.refund',
  },
  {
    name: 'a refund that only the order knows',
    isTimeless: true,
    in: 'partly',
    plants: refund('DELETE FROM refund'),
    found: [['I5', /^counts 1000 as refunded by ref_\w+, payment does not$/]],
    row: 'order.order_refund',
  },
  {
    name: 'a refund of two amounts',
    in: 'partly',
    plants: refund(`UPDATE refund SET minor = 999, settled_at = ${aWhileAgo}`),
    found: [['I5', /^got 999 back by ref_\w+, the order says 1000$/]],
    row: 'payment.refund',
  },
  {
    name: 'a refund that the order does not count',
    in: 'partly',
    plants: [
      byOrder('order', 'order_refund', `UPDATE order_refund SET status = 'written-off', settled_at = ${aWhileAgo} WHERE order_id = $1`),
    ],
    found: [
      ['I5', /^got 1000 back by ref_\w+, the order says written-off$/],
      ['I6', /^had 0 of \d+ refunded, \d+ of its \d+ points were taken back$/],
    ],
    row: 'order.order_refund',
  },
  {
    name: 'an order that is refunded, and is not said to be',
    isTimeless: true,
    in: 'refunded',
    plants: order(`status = 'delivered'`),
    found: [['I5', /^is delivered, all of its \d+ went back$/]],
    row: 'order.order_refund',
  },
  {
    name: 'an order that is said to be refunded, and is not',
    isTimeless: true,
    in: 'partly',
    plants: order(`status = 'refunded'`),
    found: [
      ['I5', /^is refunded, 1000 of \d+ went back$/],
      ['I6', /^was refunded in full and keeps \d+ points$/],
    ],
    row: 'order.order_refund',
  },
];

/** I6. */
const ofPoints: readonly Kind[] = [
  {
    name: 'a ledger that does not sum to zero',
    in: 'plain',
    plants: entries(
      `UPDATE ledger_entry SET available = available + 3, written_at = now() WHERE order_id = $1 AND kind = 'earned'`,
      'ledger_entry_balanced',
    ),
    found: [['I6', /^the ledger sums to 3$/]],
    row: '',
    isOfOrder: false,
  },
  {
    name: 'an award that was changed',
    in: 'plain',
    plants: entries(
      `UPDATE ledger_entry SET pending = pending + 3, shop = shop - 3, written_at = now() WHERE order_id = $1 AND kind = 'earned'`,
    ),
    found: [['I6', /^has earned \d+ points in the ledger, the order was told \d+$/]],
    row: 'loyalty.ledger_entry',
  },
  {
    name: 'the points of a cancelled order',
    isTimeless: true,
    in: 'cancelled',
    plants: without('reversed'),
    found: [['I6', /^was cancelled and keeps \d+ points$/]],
    row: 'loyalty.ledger_entry',
  },
  {
    name: 'the points of an order refunded in full',
    isTimeless: true,
    in: 'refunded',
    plants: without('reversed'),
    found: [['I6', /^was refunded in full and keeps \d+ points$/]],
    row: 'loyalty.ledger_entry',
  },
  {
    name: 'a refund’s share of points that was not taken back',
    isTimeless: true,
    in: 'partly',
    plants: without('reversed'),
    found: [
      ['I6', /^had 1000 of \d+ refunded, 0 of its \d+ points were taken back$/],
      ['I6', /^has earned \d+ points in the ledger, the order was told \d+$/],
    ],
    row: 'loyalty.ledger_entry',
  },
  {
    name: 'points that were paid with and not spent',
    isTimeless: true,
    in: 'plain',
    plants: order('points_redeemed = 10'),
    found: [['I6', /^was paid with 10 points, 0 were spent$/]],
    row: 'loyalty.ledger_entry',
  },
  {
    name: 'points that a cancelled order was paid with, and that did not come back',
    in: 'cancelled',
    plants: entries(
      `INSERT INTO ledger_entry (id, customer_id, order_id, kind, pending, available, shop, at)
       SELECT gen_random_uuid(), customer_id, order_id, 'redeemed', 0, -5, 5, at FROM ledger_entry WHERE order_id = $1 AND kind = 'earned'`,
    ),
    found: [['I6', /^was cancelled, 5 points it was paid with are not returned$/]],
    row: 'loyalty.ledger_entry',
  },
];

export const ofMoneyAndPoints: readonly Kind[] = [...ofMoney, ...ofPoints];
