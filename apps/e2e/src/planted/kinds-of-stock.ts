import type { Plant } from '../adapters/pg-planting.js';
import { byOrder, copied, type Kind, ofStranger, toStranger } from './kind.js';
import type { PlantedOrders } from './orders.js';

const variant = 'variant_id IN (SELECT variant_id FROM reservation_line WHERE order_id = $1)';
const level = (change: string, lift?: string): readonly Plant[] => [
  {
    service: 'inventory',
    table: 'stock',
    where: variant,
    change: `UPDATE stock SET ${change} WHERE ${variant}`,
    ...(lift ? { lift } : {}),
  },
];
const isHeldByNone = ['I4', /^has -?\d+ reserved, its reservations hold 0$/] as const;

/** I4. */
const ofUnits: readonly Kind[] = [
  {
    name: 'a unit that is lost',
    isTimeless: true,
    in: 'plain',
    plants: level('on_hand = on_hand - 1'),
    found: [['I4', /^has \d+ on hand, its movements say \d+$/]],
    row: 'inventory.stock',
    isOfOrder: false,
  },
  {
    name: 'a unit reserved for nobody',
    isTimeless: true,
    in: 'plain',
    plants: level('reserved = 1'),
    found: [isHeldByNone],
    row: 'inventory.stock',
    isOfOrder: false,
  },
  {
    name: 'more reserved than there is',
    isTimeless: true,
    in: 'plain',
    plants: level('reserved = on_hand + 1', 'stock_reserved_is_on_hand'),
    found: [['I4', /^has more reserved than there is$/], isHeldByNone],
    row: 'inventory.stock',
    isOfOrder: false,
  },
  {
    name: 'less than nothing reserved',
    isTimeless: true,
    in: 'plain',
    plants: level('reserved = -1', 'stock_reserved_is_on_hand'),
    found: [['I4', /^is negative$/], isHeldByNone],
    row: 'inventory.stock',
    isOfOrder: false,
  },
  {
    name: 'stock.sold of an order that does not exist',
    in: 'plain',
    plants: [ofStranger(copied('inventory', 'movement', `${toStranger}, 'cause_id', gen_random_uuid()`, { id: false }))],
    found: [
      ['I1', /^stock\.sold without an order$/],
      ['I4', /^has \d+ on hand, its movements say \d+$/],
    ],
    row: 'inventory.movement',
    isOfOrder: false,
  },
  {
    name: 'a unit too few taken for an order',
    in: 'plain',
    plants: [byOrder('inventory', 'movement', `UPDATE movement SET quantity = -1, at = now() WHERE order_id = $1 AND kind = 'taken'`)],
    found: [
      ['I4', /^has \d+ on hand, its movements say \d+$/],
      ['I4', /^sold 2 units, 1 were taken from stock$/],
    ],
    row: 'inventory.movement',
  },
  {
    name: 'units of a cancelled order that did not come back',
    isTimeless: true,
    in: 'cancelled',
    plants: [byOrder('inventory', 'movement', `DELETE FROM movement WHERE order_id = $1 AND kind = 'returned'`)],
    found: [
      ['I4', /^has \d+ on hand, its movements say \d+$/],
      ['I4', /^was cancelled, 2 units are still taken$/],
    ],
    row: 'inventory.movement',
  },
];

const ofSeats = ({ plain, seated }: PlantedOrders): Kind => ({
  name: 'a seat that another order has',
  isTimeless: true,
  in: 'seated',
  plants: [
    {
      service: 'inventory',
      table: 'seat',
      where: `label = 'A1' AND order_id IN ($1, '${plain.uuid}')`,
      change: `UPDATE seat SET order_id = '${plain.uuid}' WHERE order_id = $1 AND label = 'A1'`,
    },
  ],
  found: [['I4', new RegExp(`^has a ticket for ${seated.variantId} A1, which is not its seat$`)]],
  row: 'inventory.reservation',
});

export const ofStock = (orders: PlantedOrders): readonly Kind[] => [...ofUnits, ofSeats(orders)];
