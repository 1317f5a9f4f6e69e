import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import { InvalidRecord } from '../adapters/errors.js';
import type { NewRecord } from '../event-log.js';
import type { SpecDatabase } from '../spec-database.js';
import { CountedV1, createSpecStore, eventually, silent } from '../spec-service.js';
import { createOutbox } from './pg-outbox.js';
import { type Relay, createRelay } from './relay.js';
import { createWaker } from './waker.js';

/** A log that notes what it was given and refuses or fails on demand. */
class NotingLog {
  readonly batches: (readonly NewRecord[])[] = [];
  failures = 0;
  refuses: (record: NewRecord) => boolean = () => false;

  async publish(records: readonly NewRecord[]): Promise<void> {
    const refused = records.find(this.refuses);
    if (refused) throw new InvalidRecord(refused.topic, 'NUL');
    this.batches.push(records);
    if (this.failures-- > 0) throw new Error('the acknowledgement was lost');
  }

  ns(orderId: string): number[] {
    return this.batches.flat().flatMap(({ key, value }) => (key === orderId ? [(JSON.parse(value ?? '') as { n: number }).n] : []));
  }
}

let db: SpecDatabase;
let running: Relay[] = [];
let log: NotingLog;

beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);
afterEach(async () => {
  await Promise.all(running.map((relay) => relay.stop()));
  running = [];
  await db.sql('TRUNCATE messaging.outbox, messaging.counter');
});

function start(): Relay {
  const relay = createRelay({
    connectionString: db.connectionString,
    log,
    topicsReady: async () => undefined,
    logger: silent,
    onPublished: () => undefined,
  });
  relay.start();
  running.push(relay);
  return relay;
}

async function enqueue(orderId: string, n: number, relay?: Relay): Promise<void> {
  const outbox = createOutbox({ service: 'spec', newId: v7, wake: () => relay?.wake(), validate: true });
  await db.database.transaction((tx) => outbox.enqueue(tx, CountedV1, { orderId, n }));
}

const pending = async (): Promise<number> =>
  (await db.sql('SELECT FROM messaging.outbox WHERE published_at IS NULL AND refused IS NULL')).length;

describe('the relay', () => {
  beforeEach(() => void (log = new NotingLog()));

  it('publishes what was committed before it started, then what wakes it, in order', async () => {
    for (let n = 1; n <= 12; n += 1) await enqueue('a', n);
    const relay = start();
    await eventually(
      () => log.ns('a').length,
      (count) => count === 12,
    );
    await enqueue('a', 13, relay);
    await eventually(pending, (count) => count === 0);

    expect(log.ns('a')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(log.batches.flat()[0]?.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ce_type: 'order.counted.v1',
      ce_source: '/tandem/spec',
      ce_time: expect.stringMatching(/Z$/),
      ce_subject: 'a',
      ce_sequence: '1',
      'content-type': 'application/json',
    });
  });

  it('sends the same batch again until it is acknowledged', async () => {
    log.failures = 1;
    await enqueue('a', 1);
    await enqueue('b', 1);
    start();
    await eventually(pending, (count) => count === 0);

    expect(log.batches.length).toBe(2);
    expect(log.batches[1]).toEqual(log.batches[0]);
  });

  it('has one leader among replicas, and another one when the leader leaves', async () => {
    const first = start();
    await eventually(() => first.leads(), Boolean);
    const second = start();
    await enqueue('a', 1, first);
    await eventually(pending, (count) => count === 0);
    expect([first.leads(), second.leads()]).toEqual([true, false]);

    await first.stop();
    await eventually(() => second.leads(), Boolean, 5_000);
    await enqueue('a', 2, second);
    await eventually(pending, (count) => count === 0);
    expect(log.ns('a')).toEqual([1, 2]);
  });

  it('names the process that leads to whoever looks for it in the database', async () => {
    const relay = start();
    await eventually(() => relay.leads(), Boolean);
    const text = `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.classid = 7402 AND a.datname = current_database()`;
    const leaders = await db.sql<{ name: string }>(text);
    expect(leaders.map(({ name }) => name)).toEqual([expect.stringMatching(new RegExp(`^tandem-relay ${process.pid} on .`))]);
  });

  it('is woken by a replica that does not lead, long before it would poll', async () => {
    const leader = start();
    await eventually(() => leader.leads(), Boolean);
    await eventually(
      () => db.sql(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT id::text%' AND state = 'idle'`),
      (rows) => rows.length > 0,
    );
    const other = start();
    const wake = createWaker(other, db.database, silent);
    const outbox = createOutbox({ service: 'spec', newId: v7, wake, validate: true });
    await db.database.transaction((tx) => outbox.enqueue(tx, CountedV1, { orderId: 'a', n: 1 }));

    expect(
      await eventually(
        () => log.ns('a'),
        (ns) => ns.length === 1,
        1_500,
      ),
    ).toEqual([1]);
  });

  it('leads again after its connection was cut', async () => {
    const relay = start();
    await eventually(() => relay.leads(), Boolean);
    await db.cut();
    await eventually(
      () => relay.leads(),
      (leads) => !leads,
    );
    await eventually(
      () =>
        enqueue('a', 1).then(
          () => true,
          () => false,
        ), // each connection of the pool was cut, and none knows before it is used
      Boolean,
    );

    expect(
      await eventually(
        () => log.ns('a'),
        (ns) => ns.length > 0,
      ),
    ).toEqual([1]);
  });

  it('sets a record aside that the log refuses for ever, and publishes the others', async () => {
    log.refuses = ({ value }) => (JSON.parse(value ?? '') as { n: number }).n === 2;
    for (const n of [1, 2, 3]) await enqueue('a', n);
    start();
    await eventually(pending, (count) => count === 0);

    expect(log.ns('a')).toEqual([1, 3]);
    expect((await db.sql('SELECT refused FROM messaging.outbox WHERE refused IS NOT NULL')).length).toBe(1);
  });

  it('loses and overtakes nothing while many write, wait and roll back', async () => {
    const relay = start();
    const outbox = createOutbox({ service: 'spec', newId: v7, wake: () => relay.wake(), validate: true });
    let committed = 0;
    const write = (i: number): Promise<void> =>
      db.database
        .transaction(async (tx) => {
          await outbox.enqueue(tx, CountedV1, { orderId: `order-${i % 7}`, n: i });
          if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, (i * 7) % 30));
          if (i % 5 === 0) throw new Error('rolled back');
        })
        .then(
          () => void (committed += 1),
          () => undefined,
        );
    await Promise.all([...Array(400).keys()].map(write));
    await eventually(pending, (count) => count === 0);

    const published = log.batches.flat();
    expect({ committed, published: published.length }).toEqual({ committed: 320, published: 320 });
    for (let order = 0; order < 7; order += 1) {
      const sequences = published.filter(({ key }) => key === `order-${order}`).map(({ headers }) => Number(headers['ce_sequence']));
      expect(sequences).toEqual(sequences.map((_, i) => i + 1));
    }
  });
});

describe('the outbox', () => {
  it('refuses data that does not fit its schema, and a record over the limit, in the business transaction', async () => {
    const outbox = createOutbox({ service: 'spec', newId: v7, wake: () => undefined, validate: true });
    const misfit = db.database.transaction((tx) => outbox.enqueue(tx, CountedV1, { orderId: 'a', n: 0.5 }));
    await expect(misfit).rejects.toThrow(/expected int/);
    const large = db.database.transaction((tx) => outbox.enqueue(tx, CountedV1, { orderId: 'x'.repeat(1_000_001), n: 1 }));
    await expect(large).rejects.toThrow(/limit of 1000000/);
    expect(await pending()).toBe(0);
  });
});
