import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, expectOneAccount, type SpecDatabase } from '@tandem/host/testing';
import { pgAuditFacts } from './pg-audit-facts.js';

const [anHourAgo, now] = ["now() - interval '1 hour'", 'now()'];

describe('what loyalty tells the auditor', () => {
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
  });
  afterAll(() => db.drop());

  const earned = async (written: string) => {
    const orderId = newUuid();
    await db.pool.query(
      `INSERT INTO ledger_entry (id, customer_id, order_id, kind, pending, available, shop, at, written_at) VALUES ($1, $2, $2, 'earned', 5, 0, -5, ${anHourAgo}, ${written})`,
      [newUuid(), orderId],
    );
    return orderId;
  };

  it('is which orders have an entry that was written since, whenever its points were earned, and what it is of all of those', async () => {
    await earned(anHourAgo);
    const changed = [await earned(now)];
    expect(await expectOneAccount(pgAuditFacts(db.database), { orders: changed, variants: [] })).toHaveLength(changed.length);
  });

  it('is of which order an entry does not sum to zero, though the ledger does', async () => {
    const [orderId, other] = [await earned(now), await earned(now)];
    await db.pool.query('ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_balanced');
    await db.pool.query('UPDATE ledger_entry SET pending = pending + 3 WHERE order_id = $1', [orderId]);
    await db.pool.query('UPDATE ledger_entry SET pending = pending - 3 WHERE order_id = $1', [other]);
    const { of, page } = pgAuditFacts(db.database);
    const sums = async (facts: Promise<readonly { kind: string; subject: string; quantity?: string }[]>) =>
      (await facts).filter(({ kind }) => kind === 'ledger.sum').map(({ subject, quantity }) => [subject, quantity]);
    expect(await sums(of({ orders: [orderId], variants: [] }))).toEqual([[toPublicId('order', orderId), '3']]);
    expect(await sums(page('', 100).then(({ facts }) => facts))).toEqual([
      [toPublicId('order', orderId), '3'],
      [toPublicId('order', other), '-3'],
    ]);
  });
});
