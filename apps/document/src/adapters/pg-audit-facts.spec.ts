import { newUuid } from '@tandem/host';
import { createSpecDatabase, expectOneAccount, type SpecDatabase } from '@tandem/host/testing';
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
    expect(
      await expectOneAccount(pgAuditFacts(db.database, { find: async () => undefined }), { orders: changed, variants: [] }),
    ).toHaveLength(changed.length);
  });
});
