import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { lineOf, look, replicaOn, variantsWith } from '../spec-shop.js';
import { pgAuditFacts } from './pg-audit-facts.js';

let db: SpecDatabase;
let shop: ReturnType<typeof replicaOn>;
beforeAll(async () => {
  db = await createSpecDatabase();
  shop = replicaOn(db.database);
});
afterAll(() => db.drop());

const since = () => new Date(Date.now() - 60_000);
const age = async () => {
  await look(db, "UPDATE movement SET at = at - interval '1 hour'", []);
  await look(db, "UPDATE reservation SET created_at = created_at - interval '1 hour'", []);
};
const reserved = async (variantId: string) => {
  const orderId = newUuid();
  expect(await shop.reserve.run({ orderId, lines: [lineOf(variantId, 1)], ttlSeconds: 900 })).toEqual({ kind: 'reserved' });
  return orderId;
};

describe('what inventory tells the auditor', () => {
  it('is which variants were counted and which orders have moved some, or hold some', async () => {
    const [old, sold] = (await variantsWith(shop, 5, 5)) as [string, string];
    const taken = await reserved(old);
    await look(db, "UPDATE reservation SET status = 'released' WHERE order_id = $1", [taken]);
    const held = await reserved(sold);
    await age();
    const [counted] = (await variantsWith(shop, 1)) as [string];
    const fresh = await reserved(sold);
    const { orders, variants } = await pgAuditFacts(db.database).changedSince(since(), 100);
    expect([[...orders].sort(), variants]).toEqual([[held, fresh].sort(), [counted]]);
  });

  it('is the stock of the variants of orders with what these took, and of variants by themselves, as it is of all', async () => {
    const [mug, pot, pan] = (await variantsWith(shop, 5, 5, 5)) as [string, string, string];
    const orderId = await reserved(mug);
    await look(
      db,
      "INSERT INTO movement (variant_id, cause_id, kind, quantity, order_id) VALUES ($1, $3, 'taken', -1, $3), ($2, $3, 'taken', -1, $3)",
      [mug, pot, orderId],
    );
    const { of, page } = pgAuditFacts(db.database);
    const found = await of({ orders: [orderId], variants: [pan] });
    const named = (kind: string) => found.filter((fact) => fact.kind === kind).map(({ subject }) => subject);
    expect(named('stock')).toEqual([mug, pot, pan].map((id) => toPublicId('variant', id)).sort());
    expect(named('stock.sold')).toEqual([toPublicId('order', orderId)]);
    const whole = [...(await page('', 1_000)).facts, ...(await page('sold:', 1_000)).facts];
    const told = ({ kind, subject, quantity, detail }: (typeof found)[number]) => ({ kind, subject, quantity, detail });
    expect(whole.map(told)).toEqual(expect.arrayContaining(found.map(told)));
  });
});
