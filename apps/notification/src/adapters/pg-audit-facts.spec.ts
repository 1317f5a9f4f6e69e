import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
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
