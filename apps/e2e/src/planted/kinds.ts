import type { Kind } from './kind.js';
import { ofEffects } from './kinds-of-effects.js';
import { ofMoneyAndPoints } from './kinds-of-money.js';
import { ofOrders, ofQueues } from './kinds-of-orders.js';
import { ofStock } from './kinds-of-stock.js';
import type { PlantedOrders } from './orders.js';

/** Every kind of violation that a row can show. */
export const kindsFor = (orders: PlantedOrders): readonly Kind[] => [
  ...ofOrders,
  ...ofEffects,
  ...ofStock(orders),
  ...ofMoneyAndPoints,
  ...ofQueues(orders),
];
