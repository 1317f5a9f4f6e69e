import { pgDeadLetters } from '@tandem/messaging/testing';
import { newUuid, toPublicId } from '../ids.js';
import type { Refusal } from '../refusal.js';
import { aCaller, createSpecDatabase, type SpecDatabase } from '../testing/index.js';
import { DeadLettersGrpc, DeadLetterSources } from './dead-letters.grpc.js';

describe('dead letters, for operators', () => {
  let spec: SpecDatabase;
  let grpc: DeadLettersGrpc;
  let wakes = 0;
  beforeAll(async () => {
    spec = await createSpecDatabase('host');
    const deadLetters = pgDeadLetters(spec.database, () => void (wakes += 1));
    grpc = new DeadLettersGrpc(new DeadLetterSources({ deadLetters, database: spec.database }));
  });
  afterAll(() => spec.drop());
  beforeEach(async () => {
    await spec.pool.query('TRUNCATE messaging.parked, messaging.audit, platform.idempotency_key');
    replays.splice(0);
    wakes = 0;
  });

  const replays: string[] = [];
  const by = (key?: string) =>
    aCaller({ kind: 'user', principal: { id: 'cus_9', kind: 'staff' } }, key, () => void replays.push(key ?? ''));
  /** Sets a message aside that waits for an operator. */
  const park = async (failedAt = '2026-11-21T12:00:00Z'): Promise<string> => {
    const id = newUuid();
    await spec.pool.query(
      `INSERT INTO messaging.parked (id, grp, topic, partition, "offset", identity, headers, encoding, recorded_at, class, reason, attempts, first_failed_at, status)
       VALUES ($1, 'mail', 'order', 0, 0, $1::uuid::text, '{}', 'text', now(), 'poison', 'spec', 3, $2, 'dead')`,
      [id, failedAt],
    );
    return toPublicId('deadLetter', id);
  };
  const all = {
    group: 'mail',
    type: '',
    reason: '',
    orderId: '',
    failedBefore: '',
    actor: 'cus_9',
    dryRun: false,
    why: '',
    keysPerSecond: 0,
  };
  const replayMany = (over: Partial<typeof all>, key?: string) => grpc.replayMany({ ...all, ...over }, by(key));
  const replay = (id: string, key?: string) => grpc.replay({ id, actor: 'cus_9', why: '' }, by(key));
  const discard = (id: string, key?: string, reason = 'spec') => grpc.discard({ id, actor: 'cus_9', reason }, by(key));
  const actions = async () =>
    (await spec.pool.query<{ action: string }>('SELECT action FROM messaging.audit ORDER BY id')).rows.map((row) => row.action);
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      ({ problem }: Refusal) => problem.errors?.map(({ pointer, code }) => `${pointer} ${code}`).join() ?? problem.code,
    );

  it('are replayed in numbers, narrowed to what failed before a moment, and not narrowed without one', async () => {
    await park();
    await park('2026-11-21T13:00:00Z');
    expect(await replayMany({ failedBefore: '2026-11-21T12:30:00Z', dryRun: true })).toEqual({ matched: 1, replayed: 0 });
    expect(await replayMany({})).toEqual({ matched: 2, replayed: 2 });
  });

  it('are refused, not widened, when the moment cannot be read; in a list too', async () => {
    await park();
    const list = (failedBefore: string) =>
      grpc.list({ group: 'mail', type: '', reason: '', orderId: '', status: '', failedBefore, limit: 0, cursor: '' });
    expect(
      await Promise.all(
        [replayMany({ failedBefore: 'yesterday' }), replayMany({ failedBefore: '2026-13-45' }), list('yesterday')].map(codeOf),
      ),
    ).toEqual(['/failedBefore invalid', '/failedBefore invalid', '/failedBefore invalid']);
    expect(await actions()).toEqual([]);
  });

  it('are not listed from the beginning again by a cursor that is none of ours', async () => {
    await park();
    const list = (cursor: string) =>
      grpc.list({ group: '', type: '', reason: '', orderId: '', status: '', failedBefore: '', limit: 0, cursor });
    expect(await Promise.all([list('zz'), list('9'.repeat(20)), grpc.actions({ cursor: 'zz', limit: 0 })].map(codeOf))).toEqual(
      Array.from({ length: 3 }, () => 'bad-cursor'),
    );
    expect((await list('0')).deadLetters).toHaveLength(1);
  });

  it('are replayed once per key: a repeat is answered as the first and makes nothing due', async () => {
    const [id, more] = [await park(), await park()];
    const first = await replay(id, 'k-1');
    expect(first).toMatchObject({ id, status: 'open', actions: [{ action: 'replay', actor: 'cus_9' }] });
    expect([await replay(id, 'k-1'), replays, wakes]).toEqual([first, ['k-1'], 1]);
    const many = await replayMany({}, 'k-2');
    await park();
    expect([await replayMany({}, 'k-2'), many.matched, replays]).toEqual([many, 2, ['k-1', 'k-2']]);
    expect(await actions()).toEqual(['replay', 'replay', 'replay']);
    expect(await codeOf(replay(more, 'k-1'))).toBe('idempotency-key-reused');
  });

  it('are discarded once per key, and a key of something else is refused before anything is done', async () => {
    const [id, more] = [await park(), await park()];
    const first = await discard(id, 'k-1');
    expect([first.status, await discard(id, 'k-1'), replays]).toEqual(['discarded', first, ['k-1']]);
    expect(await codeOf(discard(id))).toBe('dead-letter-closed');
    expect([
      await codeOf(discard(id, 'k-1', 'another reason')),
      await codeOf(replay(more, 'k-1')),
      await codeOf(replayMany({}, 'k-1')),
    ]).toEqual(Array.from({ length: 3 }, () => 'idempotency-key-reused'));
    expect(await actions()).toEqual(['discard']);
  });
});
