import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid, toPublicId } from '@tandem/host';
import { expectOneAccount } from '@tandem/host/testing';
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

const age = async () => {
  await look(db, "UPDATE movement SET at = at - interval '1 hour'", []);
  await look(db, "UPDATE reservation SET created_at = created_at - interval '1 hour'", []);
};
const take = (orderId: string, variantIds: readonly string[]) =>
  look(
    db,
    "INSERT INTO movement (variant_id, cause_id, kind, quantity, order_id) SELECT unnest($1::uuid[]), $2::uuid, 'taken', -1, $2::uuid",
    [variantIds, orderId],
  );
const reserved = async (variantId: string) => {
  const orderId = newUuid();
  expect(await shop.reserve.run({ orderId, lines: [lineOf(variantId, 1)], ttlSeconds: 900 })).toEqual({ kind: 'reserved' });
  return orderId;
};

describe('what inventory tells the auditor', () => {
  it('is which variants were counted and which orders have moved some, or hold some, and what it is of all of those', async () => {
    const [old, sold] = (await variantsWith(shop, 5, 5)) as [string, string];
    const taken = await reserved(old);
    await look(db, "UPDATE reservation SET status = 'released' WHERE order_id = $1", [taken]);
    const held = await reserved(sold);
    await age();
    const [counted] = (await variantsWith(shop, 1)) as [string];
    const fresh = await reserved(sold);
    await take(fresh, [sold]);
    const told = await expectOneAccount(pgAuditFacts(db.database), { orders: [held, fresh], variants: [counted] });
    expect(told.map(({ kind }) => kind).sort()).toEqual(['stock', 'stock', 'stock.sold']);
  });

  it('is the stock of the variants of orders with what these took, and of variants by themselves', async () => {
    const [mug, pot, pan] = (await variantsWith(shop, 5, 5, 5)) as [string, string, string];
    const orderId = await reserved(mug);
    await take(orderId, [mug, pot]);
    const found = await pgAuditFacts(db.database).of({ orders: [orderId], variants: [pan] });
    const named = (kind: string) => found.filter((fact) => fact.kind === kind).map(({ subject }) => subject);
    expect(named('stock')).toEqual([mug, pot, pan].map((id) => toPublicId('variant', id)).sort());
    expect(named('stock.sold')).toEqual([toPublicId('order', orderId)]);
  });
});
