import { newUuid } from '@tandem/host';
import { createSpecDatabase, expectOneAccount, type SpecDatabase } from '@tandem/host/testing';
import { pgAuditFacts } from './pg-audit-facts.js';

const [anHourAgo, now] = ["now() - interval '1 hour'", 'now()'];

describe('what payment tells the auditor', () => {
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('payment');
  });
  afterAll(() => db.drop());

  const paid = async ({ opened, settled }: { opened: string; settled: string }, refund?: { opened: string; settled: string }) => {
    const [orderId, id] = [newUuid(), newUuid()];
    await db.pool.query(
      `INSERT INTO payment (id, order_id, attempt, minor, currency, payment_method, status, created_at, settled_at) VALUES ($1, $2, 1, 500, 'EUR', 'pm_card_visa', 'captured', ${opened}, ${settled})`,
      [id, orderId],
    );
    if (refund)
      await db.pool.query(
        `INSERT INTO refund (id, payment_id, minor, status, created_at, settled_at) VALUES ($1, $2, 200, 'succeeded', ${refund.opened}, ${refund.settled})`,
        [newUuid(), id],
      );
    return orderId;
  };

  it('is which orders have a payment or a refund that was opened or ended since, and what it is of all of those', async () => {
    const old = { opened: anHourAgo, settled: anHourAgo };
    await paid(old, old);
    const changed = [
      await paid({ opened: now, settled: 'NULL' }),
      await paid({ opened: anHourAgo, settled: now }),
      await paid(old, { opened: anHourAgo, settled: now }),
      await paid(old, { opened: now, settled: 'NULL' }),
    ];
    expect(await expectOneAccount(pgAuditFacts(db.database), { orders: changed, variants: [] })).toHaveLength(6);
  });

  it('says how long ago money was given back', async () => {
    const old = { opened: anHourAgo, settled: anHourAgo };
    const facts = await pgAuditFacts(db.database).of({ orders: [await paid(old, old)], variants: [] });
    expect(facts.map(({ kind, ageMs }) => [kind, ageMs && Math.floor(Number(ageMs) / 60_000)])).toEqual([
      ['payment.captured', undefined],
      ['payment.refunded', 60],
    ]);
  });
});
