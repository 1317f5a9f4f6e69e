import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { AccountTiers } from '../domain/points-ledger.js';
import { earnedSinceOf } from './pg-earned-since.js';

const statement = (name: string, text: string): Statement => ({ name: `loyalty_${name}`, text });

const openAccount = statement('open_account', 'INSERT INTO account (customer_id) VALUES ($1) ON CONFLICT (customer_id) DO NOTHING');
const lockAccount = statement('lock_account', 'SELECT customer_id FROM account WHERE customer_id = $1 FOR UPDATE');
const replaceTier = statement(
  'replace_tier',
  'UPDATE account a SET tier = $2 FROM (SELECT customer_id, tier FROM account WHERE customer_id = $1) was WHERE a.customer_id = was.customer_id RETURNING was.tier',
);
const lockTold = statement(
  'lock_told_tier',
  'INSERT INTO account (customer_id) VALUES ($1) ON CONFLICT (customer_id) DO UPDATE SET told_tier = account.told_tier RETURNING told_tier AS told',
);
const tell = statement('tell_tier', 'UPDATE account SET told_tier = $2 WHERE customer_id = $1');
const standings = statement(
  'standings',
  `SELECT a.customer_id AS "customerId", a.told_tier AS told, ${earnedSinceOf('a.customer_id', '$1')} AS earned FROM account a WHERE a.customer_id > $2 ORDER BY a.customer_id LIMIT $3`,
);
const customerOf = statement('customer_of_order', 'SELECT customer_id FROM ledger_entry WHERE order_id = $1 LIMIT 1');

/** Whoever decides on a customer's points does it one after the other: what a statement reads from here on stays so until the commit. */
export async function lockAccountOf(tx: Tx, customerId: string): Promise<void> {
  const session = sessionOf(tx);
  await session.query(openAccount, [customerId]);
  await session.query(lockAccount, [customerId]);
}

/** The same for the customer of an order. An order's customer never changes, so it may be read before the lock; an order without an entry has none. */
export async function lockAccountOfOrder(tx: Tx, orderId: string): Promise<void> {
  const [entry] = await sessionOf(tx).query<{ customer_id: string }>(customerOf, [orderId]);
  if (entry) await lockAccountOf(tx, entry.customer_id);
}

/** Tiers in PostgreSQL. */
export const pgAccountTiers = (database: Database): AccountTiers => ({
  replace: async (tx, customerId, tier) => {
    await lockAccountOf(tx, customerId);
    return (await sessionOf(tx).query<{ tier: string | null }>(replaceTier, [customerId, tier]))[0]?.tier ?? null;
  },
  toldOf: async (tx, customerId) => (await sessionOf(tx).query<{ told: string | null }>(lockTold, [customerId]))[0]?.told ?? null,
  tell: async (tx, customerId, tier) => void (await sessionOf(tx).query(tell, [customerId, tier])),
  standings: async (since, after, limit) =>
    (await database.query<{ customerId: string; told: string | null; earned: string }>(standings, [since, after, limit])).map((row) => ({
      ...row,
      earned: BigInt(row.earned),
    })),
});
