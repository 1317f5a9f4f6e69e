import { newUuid } from '@tandem/host';
import { createSpecDatabase, expectOneAccount, type SpecDatabase } from '@tandem/host/testing';
import { pgAuditFacts } from './pg-audit-facts.js';

const [anHourAgo, now] = ["now() - interval '1 hour'", 'now()'];

describe('what notification tells the auditor', () => {
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('notification');
  });
  afterAll(() => db.drop());

  const mail = async (created: string, sent: string) => {
    const orderId = newUuid();
    await db.pool.query(
      `INSERT INTO delivery (id, order_id, kind, message_id, recipient, status, created_at, sent_at) VALUES ($1, $2, 'order.confirmed', $3, 'a@tandem.example', 'sent', ${created}, ${sent})`,
      [newUuid(), orderId, orderId],
    );
    return orderId;
  };

  it('is which orders have a mail that was owed or sent since, and what it is of all of those', async () => {
    await mail(anHourAgo, anHourAgo);
    const changed = [await mail(now, now), await mail(anHourAgo, now)];
    expect(await expectOneAccount(pgAuditFacts(db.database), { orders: changed, variants: [] })).toHaveLength(changed.length);
  });
});
