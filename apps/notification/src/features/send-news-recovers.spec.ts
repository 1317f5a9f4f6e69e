import { newUuid } from '@tandem/host';
import { createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import { pino } from 'pino';
import { pgFollowers } from '../adapters/pg-followers.js';
import { pgNews } from '../adapters/pg-news.js';
import { renderMail } from '../adapters/render-mail.js';
import { smtpTransport } from '../adapters/smtp-transport.js';
import { amounts } from '../domain/amounts.js';
import { startRefusingServer } from '../testing/mail-server.js';
import { QueueWorker } from './queue-worker.js';
import { newsAtATime, SendNews } from './send-news.js';

const logger = pino({ level: 'silent' });
const hourMs = 3_600_000;
/** The id of an event of so many hours ago. Source: RFC 9562, 5.7. */
const eventOf = (hours: number): string => {
  const ms = (Date.now() - hours * hourMs).toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}${newUuid().slice(13)}`;
};

describe('news that is days old', () => {
  let db: SpecDatabase;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
    await db.pool.query('TRUNCATE telling, follower, followed_variant');
  });
  afterAll(() => db.drop());

  /** Has waited for three days, and was tried every five seconds. */
  const owed = async (putOffHours: number) => {
    const [variantId, eventId] = [newUuid(), eventOf(72)];
    const product = { id: newUuid(), title: 'Mug', slug: 'mug', variantIds: [variantId] };
    const followers = pgFollowers(db.database, () => undefined);
    await db.database.transaction(async (tx) => {
      await followers.follow(tx, { ownerId: newUuid(), email: 'ada@tandem.example', isOwn: false, locale: 'en', product });
      await followers.owe(tx, { variantId, eventId, at: new Date() });
    });
    await db.pool.query('UPDATE telling SET attempts = 51840, put_off_ms = $1', [putOffHours * hourMs]);
  };
  /** Answers by each of these codes once, and then takes what comes. */
  const start = async (...codes: readonly number[]) => {
    const left = [...codes];
    const server = await startRefusingServer(() => left.shift());
    const transport = smtpTransport({ url: `smtp://${server.at}`, from: 'Tandem <shop@tandem.example>', connections: newsAtATime });
    const news = pgNews(db.database, { onOwed: () => undefined, onUnaddressed: () => undefined });
    const parts = { news, transport, render: renderMail, show: amounts(), publicUrl: 'https://shop.example', now: () => new Date() };
    const worker = new QueueWorker(new SendNews(parts), logger);
    open.push(async () => void (await Promise.all([worker.stop(), transport.close()])), server.close);
    await worker.start();
    return { server, wake: () => worker.wake() };
  };
  const row = async () =>
    (
      await db.pool.query<{ status: string; reason: string | null; attempts: number; putOff: number }>(
        'SELECT status, reason, attempts - 51840 AS attempts, put_off_ms / 60000 AS "putOff" FROM telling',
      )
    ).rows[0];
  const tried = (times: number) => eventually(row, (found) => found?.attempts === times && found.status !== 'sending', 15_000);
  const comesDue = async (wake: () => void) => {
    await db.pool.query("UPDATE telling SET due_at = now() - interval '1 second'");
    wake();
  };

  it('is sent all the same by a server that comes back and greylists: that it was away for so long does not count', async () => {
    await owed(0);
    const { server, wake } = await start(421, 451);
    expect(await tried(1)).toEqual({ status: 'due', reason: null, attempts: 1, putOff: 0 });
    expect(await tried(2)).toEqual({ status: 'due', reason: null, attempts: 2, putOff: 10 });
    await comesDue(wake);
    expect(await tried(3)).toMatchObject({ status: 'sent' });
    expect(server.taken).toEqual(['ada@tandem.example']);
  });

  it('is given up once its server has put it off for 48 hours in all', async () => {
    await owed(48 - 1 / 6);
    const { server, wake } = await start(452, 452);
    expect(await tried(1)).toMatchObject({ status: 'due', putOff: 48 * 60 });
    await comesDue(wake);
    expect(await tried(2)).toMatchObject({ status: 'rejected', reason: expect.stringContaining('452') as string });
    expect(server.taken).toEqual([]);
  });
});
