import { newUuid } from '@tandem/host';
import { createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import type { NotedMail } from '../domain/delivery-ledger.js';
import { workQueueContract } from '../domain/work-queue.contract.js';
import { PgDeliveryLedger } from './pg-delivery-ledger.js';
import { pgNews } from './pg-news.js';
import { pgSmsBook } from './pg-sms-book.js';

describe('a queue in PostgreSQL', () => {
  let db: SpecDatabase;
  const quiet = (): void => undefined;

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
  });
  beforeEach(() => db.pool.query('TRUNCATE delivery, sms, telling'));
  afterAll(() => db.drop());

  /** The row's other columns, as SQL in which `$1` is a new UUID. */
  const adding = (table: string, columns: Readonly<Record<string, string>>) => async (dueForSeconds: number) => {
    const id = newUuid();
    const row = { ...columns, id: '$1::uuid', due_at: "now() - $2 * interval '1 s'" };
    await db.pool.query(`INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`, [id, dueForSeconds]);
    return id;
  };
  const news = () => pgNews(db.database, { onOwed: quiet, onUnaddressed: quiet });
  const telling = { kind: "'points.available'", event_id: '$1', owner_id: '$1', email: "''", locale: "'en'", facts: "'{}'" };

  describe('of mails', () => {
    const ledger = () => new PgDeliveryLedger(db.database, quiet);
    const mail = {
      order_id: '$1',
      kind: "'order.confirmed'",
      message_id: '$1::uuid::text',
      recipient: "''",
      status: "'queued'",
      attempts: '0',
      facts: "'{}'",
    };
    const add = adding('delivery', mail);
    const end = (id: string) =>
      db.database.transaction((tx) => ledger().note(tx, [{ id, attempts: 1, outcome: { kind: 'sent', because: '250 OK' } }]));
    workQueueContract(() => ({ queue: ledger(), add, end }));

    it('gives out those of one order one at a time, in the order in which they were queued', async () => {
      const [order, queue] = [newUuid(), ledger()];
      const addTo = (kind: string) => adding('delivery', { ...mail, order_id: `'${order}'`, kind: `'${kind}'` });
      const [first, second] = [await addTo('order.confirmed')(1), await addTo('order.shipped')(2)];
      const take = async () => (await queue.take(4, 60_000, [])).map(({ id }) => id);
      expect([await take(), await take()]).toEqual([[first], []]);
      await end(first);
      expect(await take()).toEqual([second]);
    });

    it('keeps what a server said, whatever it said', async () => {
      const id = await add(1);
      await ledger().take(1, 60_000, []);
      const because = `${'x'.repeat(499)}\u{1F600}\u0000`;
      const noted = db.database.transaction((tx) => ledger().note(tx, [{ id, attempts: 1, outcome: { kind: 'bounced', because } }]));
      expect(await noted).toEqual([id]);
    });

    it('believes whoever says that a mail was sent, and of all else the last who took it', async () => {
      const id = await add(1);
      const take = () => ledger().take(1, 1, []);
      const note = (attempts: number, outcome: NotedMail['outcome']) =>
        db.database.transaction((tx) => ledger().note(tx, [{ id, attempts, outcome }]));
      await take();
      await eventually(take, ([again]) => again?.attempts === 2); // its lease was short
      expect(await note(1, { kind: 'again', because: 'the connection broke', afterMs: 0 })).toEqual([]);
      expect(await note(1, { kind: 'bounced', because: '550' })).toEqual([]);
      expect(await note(1, { kind: 'sent', because: '250 OK' })).toEqual([id]);
    });
  });

  describe('of text messages', () => {
    const add = adding('sms', {
      order_id: '$1',
      kind: "'order.confirmed'",
      topic: "'order'",
      owner_id: '$1',
      recipient: "'+49'",
      text: "'hi'",
      status: "'due'",
    });
    const count = async () => (await db.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM sms')).rows[0]?.n ?? 0;
    const end = (id: string) => pgSmsBook(db.database, quiet).end([{ id, attempts: 1, outcome: { kind: 'sent' } }]);
    workQueueContract(() => ({ queue: pgSmsBook(db.database, quiet), add, end }));

    it('deletes what ended more than 30 days ago, and looks through no others for that', async () => {
      await db.pool.query(`INSERT INTO sms (order_id, kind, topic, owner_id, recipient, text, status, ended_at)
        SELECT gen_random_uuid(), '', '', gen_random_uuid(), n::text, '', 'sent', now() - n * interval '1 minute' FROM generate_series(1, 31 * 24 * 60) n`);
      await db.pool.query('ANALYZE sms');
      const id = await add(1);
      await pgSmsBook(db.database, quiet).take(1, 60_000, []);
      const before = await count();
      await end(id);
      expect(before - (await count())).toBe(10);
      const { rows } = await db.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE notification_end_sms ('[]')`); // on the connection that has prepared it
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('sms_ended_idx');
      expect(plan).not.toContain('Seq Scan on sms');
    });
  });

  describe('of news', () => {
    const add = adding('telling', { ...telling, status: "'due'" });
    const end = (id: string) => news().end([{ id, attempts: 1, outcome: { kind: 'sent' } }]);
    workQueueContract(() => ({ queue: news(), add, end }));
  });

  describe('of news without an address', () => {
    const add = adding('telling', { ...telling, status: "'unaddressed'" });
    workQueueContract(() => ({ queue: news().unaddressed, add, end: (id) => news().drop(id) }));
  });
});
