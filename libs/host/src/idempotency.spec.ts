import type { ProblemCode } from '@tandem/contracts';
import { sessionOf, type Tx } from '@tandem/kernel';
import type { Caller } from './grpc/caller.js';
import { hashOf, once, scopeOf } from './idempotency.js';
import { Refusal } from './refusal.js';
import { aLatch, createSpecDatabase, type SpecDatabase } from './testing/index.js';

type Reply = { readonly b: number; readonly a: string };

describe('an effect with an idempotency key', () => {
  let db: SpecDatabase;
  let keys = 0;

  beforeAll(async () => {
    db = await createSpecDatabase('host');
    await db.pool.query('CREATE TABLE effect (key text NOT NULL)');
  });
  afterAll(() => db.drop());

  const callerOf = (key: string | undefined, requestId = 'req-1', id = 'cus_ada') => {
    const replays: true[] = [];
    const caller: Caller = {
      by: { kind: 'user', principal: { id, kind: 'customer' } },
      requestId,
      idempotencyKey: key,
      token: undefined,
      deadline: undefined,
      traceparent: undefined,
      markReplayed: () => void replays.push(true),
    };
    return { caller, replays };
  };
  const write = async (tx: Tx, key: string): Promise<Reply> => {
    await sessionOf(tx).query({ name: 'spec_effect', text: 'INSERT INTO effect (key) VALUES ($1)' }, [key]);
    return { b: 1, a: 'reply' };
  };
  const effectsOf = async (key: string) => (await db.pool.query('SELECT FROM effect WHERE key = $1', [key])).rowCount;
  const storedOf = async (key: string) => (await db.pool.query('SELECT kind FROM platform.idempotency_key WHERE key = $1', [key])).rows;

  /** One request: what it was answered with, and whether as a repeat. */
  const request = async (
    key: string | undefined,
    {
      body = 'body',
      requestId = 'req-1',
      by = 'cus_ada',
      prepare = () => Promise.resolve(),
      run = write,
    }: {
      body?: string;
      requestId?: string;
      by?: string;
      prepare?: () => Promise<void>;
      run?: (tx: Tx, key: string) => Promise<Reply>;
    } = {},
  ) => {
    const { caller, replays } = callerOf(key, requestId, by);
    const scope = scopeOf(caller, hashOf('cart.AddLine', Buffer.from(body)));
    try {
      const reply = await once(db.database, caller, scope, { prepare, run: (tx) => run(tx, key ?? 'none') });
      return { reply: JSON.stringify(reply), isReplay: replays.length > 0 };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { refused: error.problem, replayOf: error.replayOf?.requestId };
    }
  };
  const aKey = () => `key-${(keys += 1)}`;
  const refuse =
    (code: ProblemCode, details = {}) =>
    () =>
      Promise.reject(new Refusal(code, details));

  it('happens once; a repeat gets the same bytes and is told so, without preparing anything', async () => {
    const key = aKey();
    const never = () => Promise.reject(new Error('was prepared again'));
    expect([await request(key), await request(key, { prepare: never, requestId: 'req-2' })]).toEqual([
      { reply: '{"b":1,"a":"reply"}', isReplay: false },
      { reply: '{"b":1,"a":"reply"}', isReplay: true },
    ]);
    expect(await effectsOf(key)).toBe(1);
  });

  it('is refused under the key of another body, and of another operation', async () => {
    const key = aKey();
    await request(key);
    expect(await request(key, { body: 'other' })).toEqual({
      refused: { code: 'idempotency-key-reused', detail: expect.stringContaining('another key') },
      replayOf: undefined,
    });
    expect(hashOf('cart.AddLine', Buffer.from('x')).equals(hashOf('cart.PutLine', Buffer.from('x')))).toBe(false);
  });

  it("is somebody else's own under the same key", async () => {
    const key = aKey();
    expect([await request(key), await request(key, { by: 'cus_bob' })].map((answer) => 'isReplay' in answer && answer.isReplay)).toEqual([
      false,
      false,
    ]);
    expect(await effectsOf(key)).toBe(2);
  });

  it('in flight refuses the same key with a time to wait, and lets others pass', async () => {
    const key = aKey();
    const gate = aLatch();
    const begun = aLatch();
    const slow = request(key, { run: async (tx, own) => (begun.open(), await gate.opened, write(tx, own)) });
    await begun.opened;
    expect(await request(key)).toEqual({
      refused: { code: 'idempotency-key-in-flight', detail: expect.stringContaining('ask again'), retryAfterSeconds: 1 },
      replayOf: undefined,
    });
    expect(await request(aKey())).toMatchObject({ isReplay: false });
    gate.open();
    expect([await slow, await request(key)]).toMatchObject([{ isReplay: false }, { isReplay: true }]);
    expect(await effectsOf(key)).toBe(1);
  });

  it('happens once of twenty that race', async () => {
    const key = aKey();
    const ends = await Promise.all(Array.from({ length: 20 }, () => request(key)));
    expect(ends.filter((end) => 'isReplay' in end && !end.isReplay)).toHaveLength(1);
    expect(ends.every((end) => 'isReplay' in end || end.refused.code === 'idempotency-key-in-flight')).toBe(true);
    expect(await effectsOf(key)).toBe(1);
  });

  it.each([
    ['before', 'out-of-stock'],
    ['in', 'price-changed'],
  ] as const)('refused %s its transaction as %s repeats that refusal, with the id of the first request', async (where, code) => {
    const key = aKey();
    const details = { detail: 'only two', extensions: { available: 2 } };
    const refused =
      where === 'before'
        ? { prepare: refuse(code, details) }
        : { run: async (tx: Tx, own: string) => (await write(tx, own), refuse(code, details)()) };
    expect(await request(key, { ...refused, requestId: 'req-1' })).toEqual({ refused: { code, ...details }, replayOf: undefined });
    expect(await request(key, { requestId: 'req-2' })).toEqual({ refused: { code, ...details }, replayOf: 'req-1' });
    expect([await effectsOf(key), await storedOf(key)]).toEqual([0, [{ kind: 'problem' }]]);
  });

  it.each(['validation-failed', 'not-found', 'cart-changed', 'unavailable', 'internal-error'] as const)(
    'refused as %s leaves nothing behind, so that the key can still be used',
    async (code) => {
      const key = aKey();
      expect(await request(key, { prepare: refuse(code) })).toMatchObject({ refused: { code } });
      expect(await request(key, { run: async (tx, own) => (await write(tx, own), refuse(code)()) })).toMatchObject({ refused: { code } });
      expect([await effectsOf(key), await storedOf(key)]).toEqual([0, []]);
      expect(await request(key)).toMatchObject({ isReplay: false });
    },
  );

  it('that fails leaves nothing behind', async () => {
    const key = aKey();
    await expect(request(key, { run: async (tx, own) => (await write(tx, own), Promise.reject(new Error('a bug'))) })).rejects.toThrow(
      'a bug',
    );
    expect([await effectsOf(key), await storedOf(key)]).toEqual([0, []]);
  });

  it('without a key happens each time', async () => {
    const run = (tx: Tx) => write(tx, 'keyless');
    await request(undefined, { run });
    expect([await request(undefined, { run }), await effectsOf('keyless')]).toEqual([{ reply: '{"b":1,"a":"reply"}', isReplay: false }, 2]);
  });
});
