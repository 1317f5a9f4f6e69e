import { randomUUID } from 'node:crypto';
import type { Planting } from '../adapters/pg-planting.js';
import { readyCart } from '../client/ready-cart.js';
import { expecting, guest, newCustomer, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import { hallOfItsOwn, productOfItsOwn } from '../client/world.js';
import type { Stand } from '../system/on-system.js';

/** One order of each sort that something can be planted in. */
export const sorts = ['plain', 'guests', 'cancelled', 'refunded', 'partly', 'seated'] as const;
export type Sort = (typeof sorts)[number];
export type Planted = { readonly id: string; readonly uuid: string; readonly total: number; readonly variantId: string };
export type PlantedOrders = Readonly<Record<Sort, Planted>>;

/** Buys them all, two units each, and ends those that are to end. */
export async function orders(stand: Stand, databases: Planting): Promise<PlantedOrders> {
  const product = await productOfItsOwn(stand.clerk, 100);
  const hall = await hallOfItsOwn(stand.clerk, ['A1', 'A2']);
  const bought = await Promise.all(
    sorts.map(async (sort) => {
      const shopper = await (sort === 'guests' ? guest(stand.shop) : newCustomer(stand.shop));
      const seats = sort === 'seated' ? { seats: ['A1', 'A2'] } : {};
      const { variantId } = sort === 'seated' ? hall : product;
      const cart = await readyCart(shopper, [{ variantId, quantity: 2, ...seats }]);
      const { body } = expecting(201, await cart.checkout());
      await until('its effects', async () => hasAll(shopper, body.id, sort !== 'guests'));
      await end(stand.clerk, shopper, body.id, sort);
      const [row] = await databases.query('order', 'SELECT id FROM orders WHERE number = $1', [body.number]);
      return [sort, { id: body.id, uuid: String(row?.['id']), total: cart.total.amount, variantId }] as const;
    }),
  );
  return Object.fromEntries(bought) as PlantedOrders;
}

async function hasAll(shopper: Shopper, orderId: string, isCustomers: boolean): Promise<boolean> {
  const types = (await shopper.events(orderId)).map(({ type }) => type);
  return ['shipment.created', 'notification.sent', ...(isCustomers ? ['points.awarded'] : [])].every((type) => types.includes(type));
}

async function end(clerk: Shopper, shopper: Shopper, orderId: string, sort: Sort): Promise<void> {
  const key = { 'idempotency-key': randomUUID() };
  if (sort === 'cancelled') expecting(200, await shopper.ask('POST', `/v1/orders/${orderId}/cancel`, { reason: 'planted' }, key));
  const amount = sort === 'partly' ? { amount: { amount: 1_000, currency: 'EUR' } } : {};
  if (sort === 'partly' || sort === 'refunded')
    expecting(201, await clerk.ask('POST', `/v1/orders/${orderId}/refunds`, { reason: 'planted', ...amount }, key));
}
