import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
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
    const { changedSince, of, page } = pgAuditFacts(db.database);
    const { orders } = await changedSince(new Date(Date.now() - 60_000), 100);
    expect([...orders].sort()).toEqual([...changed].sort());
    const subjects = changed.map((id) => toPublicId('order', id) as string);
    const wanted = (await page('', 100)).facts.filter(({ subject }) => subjects.includes(subject));
    const found = await of({ orders: changed, variants: [] });
    expect(found).toHaveLength(changed.length);
    expect(wanted).toEqual(expect.arrayContaining([...found]));
  });
});
