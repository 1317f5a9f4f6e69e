import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { EventLog } from '../../event-log.js';
import { eventually, keysByPartition, record, recorder } from '../../testing/contract-bench.js';
import { createLogDatabase } from '../../testing/spec-log-database.js';
import { type PostgresEventLogOptions, postgresEventLog } from './postgres-event-log.js';
import { sweep } from './retention.js';

jest.setTimeout(60_000);

/** What only this adapter can suffer: held appends, cut sessions, stuck members, old records. */
describe('the event log on PostgreSQL', () => {
  const stage: { database?: Awaited<ReturnType<typeof createLogDatabase>>; pool?: pg.Pool } = {};
  const logs: EventLog[] = [];
  const open = (options: Partial<PostgresEventLogOptions> = {}): EventLog => {
    const log = postgresEventLog({ connectionString: stage.database?.url ?? '', ...options });
    logs.push(log);
    return log;
  };
  const pool = (): pg.Pool => stage.pool ?? new pg.Pool();
  const topic = async (name: string, partitions: number): Promise<EventLog> => {
    const log = open();
    await log.ensureTopics([{ name, key: 'any', partitions, retentionDays: 7 }]);
    return log;
  };
  beforeAll(async () => {
    stage.database = await createLogDatabase();
    stage.pool = new pg.Pool({ connectionString: stage.database.url });
    stage.pool.on('error', () => undefined);
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
  });
  afterAll(async () => {
    await stage.pool?.end();
    await stage.database?.drop();
  });

  it('shows nothing of an append that is held open, nothing behind it, and lets other partitions go on', async () => {
    const log = await topic('held', 2);
    const [held = '', free = ''] = keysByPartition(2);
    const { values, handle } = recorder();
    await log.subscribe({ group: 'held', topics: ['held'], handle });
    const { rows } = await pool().query<{ id: number }>("SELECT id FROM part WHERE topic = 'held' AND n = 0");
    const holder = await pool().connect();
    await holder.query('BEGIN');
    await holder.query("SELECT log_append(true, ARRAY[$1::int], ARRAY[1], ARRAY[1], ARRAY[0], ARRAY['k'], ARRAY['{}'], ARRAY['first'])", [
      rows[0]?.id,
    ]);
    const behind = log.publish([record('held', held, 'second')]);
    await log.publish([record('held', free, 'elsewhere')]);
    await eventually(() => expect(values()).toEqual(['elsewhere']));
    await holder.query('COMMIT');
    holder.release();
    await behind;
    await eventually(async () =>
      expect((await log.read({ topic: 'held', partition: 0, offset: 0n }, 9)).map(({ value }) => value)).toEqual(['first', 'second']),
    );
    await eventually(() => expect(values()).toEqual(['elsewhere', 'first', 'second']));
  });

  it('goes on after every connection was cut', async () => {
    const log = await topic('cut', 3);
    const { seen, handle } = recorder();
    const member = await log.subscribe({ group: 'cut', topics: ['cut'], handle });
    await log.publish(['1', '2', '3'].map((n) => record('cut', n, n)));
    await eventually(() => expect(seen).toHaveLength(3));
    await pool().query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tandem-event-log'",
    );
    await eventually(() => expect(member.assigned()).toEqual([]));
    await eventually(() => log.publish([record('cut', '4', '4')]));
    await eventually(() => expect(seen.map(({ value }) => value)).toContain('4'));
    await eventually(() => expect(member.assigned()).toHaveLength(3));
  });

  it('puts out a member that is stuck, and refuses its commits', async () => {
    const log = await topic('stuck', 1);
    const stuck = await pool().connect();
    stuck.on('error', () => undefined);
    await stuck.query("SELECT pg_advisory_lock(7401, 999); INSERT INTO member VALUES ('stuck', 999, '{stuck}')");
    await stuck.query("INSERT INTO claim (grp, part, member, epoch) SELECT 'stuck', id, 999, 5 FROM part WHERE topic = 'stuck'");
    await log.publish([record('stuck', 'a', 'x')]);
    const { values, handle } = recorder();
    await open({ evictAfterMs: 500 }).subscribe({ group: 'stuck', topics: ['stuck'], handle });
    await eventually(() => expect(values()).toEqual(['x']));
    await expect(stuck.query('SELECT 1')).rejects.toThrow();
    stuck.release(true);
    const { rowCount } = await pool().query("UPDATE claim SET committed = 9 WHERE grp = 'stuck' AND member = 999 AND epoch = 5");
    expect(rowCount).toBe(0);
  });

  it('leaves a partition to a member that ticks, however slow it is', async () => {
    const log = await topic('slow', 1);
    let free = (): void => undefined;
    const member = await log.subscribe({
      group: 'slow',
      topics: ['slow'],
      handle: () => new Promise((resolve) => (free = () => resolve({ kind: 'done' }))),
    });
    await log.publish([record('slow', 'a', 'x')]);
    await eventually(() => expect(member.assigned()).toHaveLength(1));
    const other = recorder();
    await open({ evictAfterMs: 3_000 }).subscribe({ group: 'slow', topics: ['slow'], handle: other.handle });
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect([member.assigned().length, other.values()]).toEqual([1, []]);
    free();
  });

  it('removes what is older than the topic keeps, and sends nobody there', async () => {
    const log = await topic('old', 1);
    await log.publish(['0', '1', '2'].map((value) => record('old', 'a', value)));
    await pool().query(
      "UPDATE rec SET ts = ts - interval '8 days' WHERE part = (SELECT id FROM part WHERE topic = 'old') AND \"offset\" < 2",
    );
    await log.seek('old', 'old', { to: 'earliest' });
    await sweep(pool(), new Date());
    expect(await log.lag('old')).toEqual([{ topic: 'old', partition: 0, committed: 2n, end: 3n, lag: 1n }]);
    const { seen, handle } = recorder();
    await log.subscribe({ group: 'old', topics: ['old'], handle });
    await eventually(() => expect(seen.map(({ offset, value }) => [offset, value])).toEqual([[2n, '2']]));
  });

  it('moves a group while its members run', async () => {
    const log = await topic('moved', 2);
    const { values, handle } = recorder();
    await log.publish(['1', '2', '3', '4'].map((n) => record('moved', n, n)));
    await log.subscribe({ group: 'moved', topics: ['moved'], handle });
    await eventually(() => expect(values()).toHaveLength(4));
    await eventually(async () => expect((await log.lag('moved')).map(({ lag }) => lag)).toEqual([0n, 0n]));
    await log.seek('moved', 'moved', { to: 'earliest' });
    await eventually(() => expect(values()).toHaveLength(8));
  });

  it('appends and answers without a flush when told so', async () => {
    const log = await topic('quick', 1);
    await open({ durable: false }).publish([record('quick', 'a', 'x')]);
    expect((await log.read({ topic: 'quick', partition: 0, offset: 0n }, 9)).map(({ value }) => value)).toEqual(['x']);
  });

  it('reads a partition by its key only, however the planner guesses', async () => {
    const { rows } = await pool().query<{ 'QUERY PLAN': string }>(
      'EXPLAIN SELECT w.i, r.* FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY w(part, pos, i) CROSS JOIN LATERAL (SELECT * FROM rec WHERE rec.part = w.part AND rec."offset" >= w.pos ORDER BY rec."offset" LIMIT $3) r',
      [[1], ['0'], 100],
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Scan using rec_pkey/);
  });
});
