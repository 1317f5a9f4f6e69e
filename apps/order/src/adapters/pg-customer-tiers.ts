import { uuidOf } from '@tandem/host';
import { sessionOf, type Statement } from '@tandem/kernel';
import type { CustomerTiers } from '../domain/order-store.js';

const keep: Statement = {
  name: 'order_keep_tier',
  text: 'INSERT INTO customer_tier (customer_id, tier) VALUES ($1, $2) ON CONFLICT (customer_id) DO UPDATE SET tier = excluded.tier',
};

/** Customers' tiers in PostgreSQL; the statement that confirms an order reads them. */
export const pgCustomerTiers: CustomerTiers = {
  keep: async (tx, customerId, tier) => void (await sessionOf(tx).query(keep, [uuidOf('customer', customerId), tier])),
};
