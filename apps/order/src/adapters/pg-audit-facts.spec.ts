import { newUuid, writtenSince } from '@tandem/host';
import { createSpecDatabase, expectOneAccount, type SpecDatabase } from '@tandem/host/testing';
import { pgAuditFacts } from './pg-audit-facts.js';

const anHourAgo = "now() - interval '1 hour'";

describe('what order tells the auditor', () => {
  let spec: SpecDatabase;
  let ids: Record<'old' | 'touched' | 'late' | 'open' | 'waiting' | 'settled', string>;
  const order = async (id: string, status: string, { at = anHourAgo, written = anHourAgo } = {}) => {
    await spec.pool.query(
      `INSERT INTO orders (id, number, owner_id, cart_id, status, email, locale, currency, subtotal, shipping, tax, discount, total, lines, address, shipping_option, payment_id, created_at, confirmed_at)
      VALUES ($1::uuid, right($1::text, 8), $1::uuid, $1::uuid, $2, 'a@tandem.example', 'en', 'EUR', 1, 0, 0, 0, 1, '[]', '{}', '{}', $1::uuid, ${at}, ${at})`,
      [id, status],
    );
    await spec.pool.query(
      `INSERT INTO order_history (order_id, sequence, type, at, data, written_at) VALUES ($1, 1, 'order.placed', ${at}, '{}', ${written})`,
      [id],
    );
    return id;
  };
  const refund = (id: string, status: string, settled: string) =>
    spec.pool.query(
      `INSERT INTO order_refund (id, order_id, minor, currency, cause, reason, status, created_at, settled_at) VALUES ($1, $2, 1, 'EUR', 'staff', '', $3, ${anHourAgo}, ${settled})`,
      [newUuid(), id, status],
    );

  beforeAll(async () => {
    spec = await createSpecDatabase('order');
    ids = {
      old: await order(newUuid(), 'delivered'),
      touched: await order(newUuid(), 'confirmed', { at: 'now()', written: 'now()' }),
      late: await order(newUuid(), 'confirmed', { written: 'now()' }),
      open: await order(newUuid(), 'pending'),
      waiting: await order(newUuid(), 'confirmed'),
      settled: await order(newUuid(), 'confirmed'),
    };
    await refund(ids.old, 'succeeded', anHourAgo);
    await refund(ids.waiting, 'refused', 'NULL');
    await refund(ids.settled, 'written-off', 'now()');
  });
  afterAll(() => spec.drop());

  const changed = async (ago: number) =>
    [...(await pgAuditFacts(spec.database).changedSince(new Date(Date.now() - ago), 100)).orders].sort();

  it('is which orders have changed, however long ago it happened what was written down, and which are open or wait for money', async () => {
    const { old, ...others } = ids;
    expect(await changed(7_200_000)).toEqual(Object.values({ old, ...others }).sort());
    expect(await changed(-60_000)).toEqual([ids.open, ids.waiting].sort());
  });

  it('is of the orders asked for what it is of all', async () => {
    const { old, ...others } = ids;
    const facts = pgAuditFacts(spec.database);
    expect(await expectOneAccount(facts, { orders: Object.values(others), variants: [] })).toHaveLength(5);
    expect(await facts.of({ orders: [old, newUuid()], variants: [newUuid()] })).toHaveLength(1);
    expect(await facts.of({ orders: [], variants: [] })).toEqual([]);
  });

  it('says how long ago an order and its refunds were written down, whatever the clock of the process said', async () => {
    const ahead = await order(newUuid(), 'confirmed', { at: "now() + interval '10 minutes'", written: "now() - interval '1 minute'" });
    await refund(ahead, 'succeeded', anHourAgo);
    const [fact] = await pgAuditFacts(spec.database).of({ orders: [ahead], variants: [] });
    const { refunds } = JSON.parse(fact?.detail ?? '') as { refunds: readonly { ageMs: number }[] };
    const minutes = [Number(fact?.ageMs), ...refunds.map(({ ageMs }) => ageMs)].map((ms) => Math.floor(ms / 60_000));
    expect(minutes).toEqual([1, 60]);
  });

  it('is found by the summary of ranges where there is a long history', async () => {
    await spec.pool.query(
      `INSERT INTO order_history (order_id, sequence, type, at, data, written_at) SELECT $1, n, 'step', now(), '{}', ${anHourAgo} FROM generate_series(2, 30000) n`,
      [ids.old],
    );
    await spec.pool.query('VACUUM ANALYZE order_history');
    const client = await spec.pool.connect();
    await client.query(`PREPARE looking (timestamptz) AS SELECT order_id FROM order_history WHERE ${writtenSince('written_at')}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>('EXPLAIN EXECUTE looking (now())');
    client.release();
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('order_history_written_idx');
  });
});
