import { newUuid } from '@tandem/host';
import { createSpecDatabase, expectOneAccount, type SpecDatabase } from '@tandem/host/testing';
import { pgAuditFacts } from './pg-audit-facts.js';

const [anHourAgo, now] = ["now() - interval '1 hour'", 'now()'];

describe('what shipping tells the auditor', () => {
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('shipping');
  });
  afterAll(() => db.drop());

  const shipment = async (created: string) => {
    const orderId = newUuid();
    await db.pool.query(`INSERT INTO shipment (id, order_id, owner_id, status, created_at) VALUES ($1, $2, $2, 'planned', ${created})`, [
      newUuid(),
      orderId,
    ]);
    return orderId;
  };

  it('is which orders have a shipment that was planned since, and what it is of all of those', async () => {
    await shipment(anHourAgo);
    const changed = [await shipment(now)];
    expect(await expectOneAccount(pgAuditFacts(db.database), { orders: changed, variants: [] })).toHaveLength(changed.length);
  });
});
