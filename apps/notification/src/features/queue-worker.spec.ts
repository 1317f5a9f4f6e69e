import { newUuid } from '@tandem/host';
import { createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import { Unavailable } from '@tandem/messaging';
import { pino } from 'pino';
import { pgSmsBook } from '../adapters/pg-sms-book.js';
import type { Lease } from '../domain/lease.js';
import type { DueSms, EndedSms } from '../domain/sms.js';
import { QueueWorker, triesOf, type Work } from './queue-worker.js';

type Result = EndedSms['outcome'];

describe('a worker', () => {
  let db: SpecDatabase;
  const workers: QueueWorker<DueSms, Result>[] = [];
  const begun: string[] = [];
  let takes: number;
  const answers = new Map<string, (outcome: Result) => void>();

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
  });
  beforeEach(() => {
    begun.length = 0;
    takes = 0;
    answers.clear();
  });
  afterEach(async () => {
    const stopped = Promise.all(workers.splice(0).map((worker) => worker.stop()));
    for (const answer of answers.values()) answer({ kind: 'sent' });
    await stopped;
    await db.pool.query('TRUNCATE sms');
  });
  afterAll(() => db.drop());

  const lease: Lease = { ms: 5_000, renewedEveryMs: 50 };
  const start = async (more: Partial<Work<DueSms, Result>> = {}) => {
    const book = pgSmsBook(db.database, () => undefined);
    const work: Work<DueSms, Result> = {
      name: 'spec',
      queue: { ...book, take: (...which) => ((takes += 1), book.take(...which)) },
      slots: 2,
      lease,
      done: 'sent',
      attempt: async ({ id, text }) => {
        begun.push(text);
        return text === 'slow' ? new Promise<Result>((resolve) => answers.set(id, resolve)) : { kind: 'sent' };
      },
      note: (tried) => book.end(triesOf(tried)),
      ...more,
    };
    const worker = new QueueWorker(work, pino({ level: 'silent' }));
    workers.push(worker);
    await worker.start();
    return worker;
  };
  const add = async (text: string, dueInMs = 0) =>
    void (await db.pool.query(
      `INSERT INTO sms (id, order_id, kind, topic, owner_id, recipient, text, status, due_at)
        VALUES ($1, $1, 'order.confirmed', 'order', $1, '', $2, 'due', now() + $3 * interval '1 ms')`,
      [newUuid(), text, dueInMs],
    ));
  const rows = async () =>
    (
      await db.pool.query<{ text: string; status: string; attempts: number; due: Date }>(
        'SELECT text, status, attempts, due_at AS due FROM sms ORDER BY id',
      )
    ).rows;
  const become = (...statuses: string[]) => eventually(rows, (found) => found.map(({ status }) => status).join() === statuses.join());
  const noneIn = (text: string) => begun.filter((one) => one === text).length;

  it('does all that is due, though one that is slow keeps its slot', async () => {
    await add('slow');
    for (let n = 0; n < 7; n += 1) await add('quick');
    await start();
    await become('sending', ...Array<string>(7).fill('sent'));
    for (const answer of answers.values()) answer({ kind: 'sent' });
    await become(...Array<string>(8).fill('sent'));
    expect(begun).toHaveLength(8);
  });

  it('does all that is due, though all slots are taken by slow ones: those leave them, up to a bound', async () => {
    for (let n = 0; n < 3; n += 1) await add('slow');
    for (let n = 0; n < 3; n += 1) await add('quick');
    await start({ mostSlow: 2 });
    await become(...Array<string>(3).fill('sending'), ...Array<string>(3).fill('sent'));
    for (const dueInMs of [-20, -10]) await add('slow', dueInMs);
    await add('quick');
    await eventually(
      () => noneIn('slow'),
      (count) => count === 4,
    );
    const held = async () => Math.max(...(await rows()).map(({ due }) => due.getTime()));
    const first = await held();
    await eventually(held, (due) => due > first + 3_000); // by then the fourth is slow, too
    expect([noneIn('slow'), noneIn('quick')]).toEqual([4, 3]);
  });

  it('keeps what it has in hand, however long that takes, whichever process looks', async () => {
    await add('slow');
    const [one, other] = [await start(), await start()];
    await eventually(
      () => begun.length,
      (count) => count === 1,
    );
    const first = (await rows())[0]?.due.getTime() ?? 0;
    await eventually(rows, ([row]) => {
      one.wake();
      other.wake();
      return (row?.due.getTime() ?? 0) > first + 10 * lease.renewedEveryMs;
    });
    for (const answer of answers.values()) answer({ kind: 'sent' });
    await become('sent');
    expect([begun, (await rows())[0]?.attempts]).toEqual([['slow'], 1]);
  });

  it('finds by itself what becomes due later, and does not look until then', async () => {
    await add('later', 1_500);
    await start();
    await become('sent');
    expect(takes).toBeLessThanOrEqual(4); // a look each quarter of a second would be seven
  });

  it('takes nothing more while the server is away', async () => {
    for (let n = 0; n < 3; n += 1) await add('away');
    await start({ slots: 1, attempt: async (_, isAway) => ({ kind: 'again', afterMs: isAway(new Unavailable('spec')) ? 0 : 60_000 }) });
    await eventually(rows, (found) => found.some(({ status, attempts }) => status === 'due' && attempts === 1));
    workers[0]?.wake();
    expect((await rows()).map(({ attempts }) => attempts).sort()).toEqual([0, 0, 1]);
  });

  it('delays one item alone that its server is away for again, if it did another meanwhile', async () => {
    await add('away');
    const told: boolean[] = [];
    await start({
      attempt: async ({ text }, isAway) => {
        begun.push(text);
        if (text === 'quick') return { kind: 'sent' };
        if (told.length > 0) await become('sending', 'sent');
        told.push(isAway(new Unavailable('spec')));
        return { kind: 'again', afterMs: told.at(-1) ? 0 : 60_000 };
      },
    });
    await become('due');
    await add('quick');
    await eventually(rows, ([away]) => away?.status === 'due' && away.attempts === 2, 10_000);
    await add('quick');
    workers[0]?.wake();
    await become('due', 'sent', 'sent'); // within less than the rest
    expect([told, begun.length]).toEqual([[true, false], 4]);
  });

  it('finds a server away that goes once more, also for an item that it meant before', async () => {
    for (const text of ['away', 'quick']) await add(text);
    const told: boolean[] = [];
    await start({
      attempt: async ({ text }, isAway) => {
        if (text === 'quick') return { kind: 'sent' };
        if (told.length === 0) await become('sending', 'sent');
        if (told.length === 1) {
          await add('quick');
          workers[0]?.wake();
          await become('sending', 'sent', 'sent');
        }
        told.push(isAway(new Unavailable('spec')));
        return { kind: 'again', afterMs: told.length < 3 ? 0 : 60_000 };
      },
    });
    await eventually(rows, ([away]) => away?.status === 'due' && away.attempts === 3, 20_000);
    expect(told).toEqual([true, false, true]);
  });

  it('is not misled by what was begun before its server went away', async () => {
    for (const text of ['slow', 'away']) await add(text);
    const told: boolean[] = [];
    await start({
      attempt: async ({ id, text }, isAway) => {
        if (text === 'slow') return new Promise<Result>((resolve) => answers.set(id, resolve));
        if (told.length > 0) {
          for (const answer of answers.values()) answer({ kind: 'sent' });
          await become('sent', 'sending');
        }
        told.push(isAway(new Unavailable('spec')));
        return { kind: 'again', afterMs: told.length > 1 ? 60_000 : 0 };
      },
    });
    await eventually(rows, ([, away]) => away?.status === 'due' && away.attempts === 2, 10_000);
    expect(told).toEqual([true, true]);
  });

  it('finds a server away the first time, however much it did since it was given this one', async () => {
    for (const text of ['slow', 'quick']) await add(text);
    const told: boolean[] = [];
    await start({
      attempt: async ({ text }, isAway) => {
        if (text === 'quick') return { kind: 'sent' };
        await become('sending', 'sent');
        await add('quick');
        workers[0]?.wake();
        await become('sending', 'sent', 'sent');
        told.push(isAway(new Unavailable('spec')));
        return { kind: 'again', afterMs: 60_000 };
      },
    });
    await become('due', 'sent', 'sent');
    expect(told).toEqual([true]);
  });

  it('means no item of those it gives back at its stop', async () => {
    await add('away');
    const told: boolean[] = [];
    const worker = await start({
      attempt: async ({ text }, isAway) => {
        if (text === 'quick') return { kind: 'sent' };
        if (told.length > 0) {
          await add('quick');
          workers[0]?.wake();
          await become('sending', 'sent');
          void worker.stop();
        }
        told.push(isAway(new Unavailable('spec')));
        return { kind: 'again', afterMs: told.length === 1 ? 0 : 60_000 };
      },
    });
    await eventually(rows, ([away]) => away?.status === 'due' && away.attempts === 2, 10_000);
    expect(told).toEqual([true, true]);
  });

  it('keeps the one whose outcome cannot be written down, and goes on with the others', async () => {
    const book = pgSmsBook(db.database, () => undefined);
    await add('odd');
    for (let n = 0; n < 5; n += 1) await add('quick');
    await start({
      note: async (tried) => {
        if (tried.some(({ item }) => item.text === 'odd')) throw new Error('it cannot be written down');
        await book.end(triesOf(tried));
      },
    });
    await become('sending', ...Array<string>(5).fill('sent'));
    expect(noneIn('odd')).toBe(1);
  });

  it('does not forget an answer while the database is away, nor sends again for it', async () => {
    const book = pgSmsBook(db.database, () => undefined);
    let isAway = true;
    await add('quick');
    await start({
      note: async (tried) => {
        if (isAway) {
          isAway = false;
          throw new Error('the database is away');
        }
        await book.end(triesOf(tried));
      },
    });
    await become('sent');
    expect([noneIn('quick'), (await rows())[0]?.attempts]).toEqual([1, 1]);
  });
});
