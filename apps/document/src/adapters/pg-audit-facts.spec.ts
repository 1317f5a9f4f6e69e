import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgAuditFacts } from './pg-audit-facts.js';

const [anHourAgo, now] = ["now() - interval '1 hour'", 'now()'];

describe('what document tells the auditor', () => {
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('document');
  });
  afterAll(() => db.drop());

  const invoice = async (created: string) => {
    const orderId = newUuid();
    await db.pool.query(
      `INSERT INTO document (id, order_id, kind, number, owner_id, facts, job_id, sha256, created_at) VALUES ($1, $2, 'invoice', $3, 'cus_1', '{}', $1, 'aa', ${created})`,
      [newUuid(), orderId, orderId],
    );
    return orderId;
  };

  it('is which orders have a document that was planned since, and what it is of all of those', async () => {
    await invoice(anHourAgo);
    const changed = [await invoice(now)];
    const { changedSince, of, page } = pgAuditFacts(db.database, { find: async () => undefined });
    const { orders } = await changedSince(new Date(Date.now() - 60_000), 100);
    expect([...orders].sort()).toEqual([...changed].sort());
    const subjects = changed.map((id) => toPublicId('order', id) as string);
    const wanted = (await page('', 100)).facts.filter(({ subject }) => subjects.includes(subject));
    const found = await of({ orders: changed, variants: [] });
    expect(found).toHaveLength(changed.length);
    expect(wanted).toEqual(expect.arrayContaining([...found]));
  });
});
