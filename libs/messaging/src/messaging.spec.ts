import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sessionOf } from '@tandem/kernel';
import { v7 } from 'uuid';
import type { NewRecord } from './event-log.js';
import { Unavailable, done, effect, ignored, poison } from './handler.js';
import type { OnOptions } from './on.js';
import type { SpecDatabase } from './spec-database.js';
import {
  type Call,
  type Counted,
  CountedV1,
  type Serving,
  type SpecService,
  applied,
  createSpecStore,
  eventually,
  recordOf,
  serve,
} from './spec-service.js';

let db: SpecDatabase;
let service: SpecService | undefined;

beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);
afterEach(async () => {
  await service?.stop();
  await db.sql('TRUNCATE messaging.outbox, messaging.counter, messaging.inbox, messaging.mark, messaging.parked, messaging.audit, effect');
});

async function started(serving: Serving): Promise<SpecService> {
  service = await serve(db, serving);
  return service;
}

const seen = (orderId: string, count: number): Promise<number[]> =>
  eventually(
    () => service?.effects(orderId) ?? [],
    (ns) => ns.length >= count,
  );
const held = (): Promise<{ key: string; sequence: string; class: string; status: string; attempts: number }[]> =>
  db.sql(
    `SELECT key, sequence::text, class, status, attempts FROM messaging.parked WHERE status IN ('open', 'dead') ORDER BY key, sequence`,
  );

describe('a message', () => {
  it('goes from one service through outbox and log to a handler, once, in order', async () => {
    const { messaging } = await started({ call: applied });
    for (const n of [1, 2, 3]) await db.database.transaction((tx) => messaging.outbox.enqueue(tx, CountedV1, { orderId: 'a', n }));

    expect(await seen('a', 3)).toEqual([1, 2, 3]);
    expect(
      await eventually(
        () => messaging.operations.outbox(),
        ({ pending }) => pending === 0,
      ),
    ).toEqual({ pending: 0, oldestAgeMs: 0, refused: 0, refusedIds: [] });
  });

  it('is not published when its transaction is rolled back', async () => {
    const { messaging } = await started({ call: applied });
    const rolledBack = db.database.transaction(async (tx) => {
      await messaging.outbox.enqueue(tx, CountedV1, { orderId: 'a', n: 1 });
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    await db.database.transaction((tx) => messaging.outbox.enqueue(tx, CountedV1, { orderId: 'a', n: 2 }));

    expect(await seen('a', 1)).toEqual([2]);
    expect(await db.sql('SELECT sequence::text FROM messaging.outbox')).toEqual([{ sequence: '1' }]);
  });

  it('has its effect once when it is delivered three times, also after the inbox was pruned', async () => {
    const { log } = await started({ call: applied });
    const records = [1, 2, 3].map((n) => recordOf({ orderId: 'a', n }, n));
    await log.publish([...records, ...records]);
    await seen('a', 3);
    await db.sql('TRUNCATE messaging.inbox');
    await log.publish([...records, recordOf({ orderId: 'a', n: 4 }, 4)]);

    expect(await seen('a', 4)).toEqual([1, 2, 3, 4]);
  });

  it('leaves nothing behind when its handler was called before the gate refused it', async () => {
    const called: string[] = [];
    const call: Call = (event, tx, message) => (called.push(`${event.orderId}${event.n}`), applied(event, tx, message));
    const { log } = await started({ call, options: { concurrency: 1 } });
    const [first, second, third] = [1, 2, 3].map((n) => recordOf({ orderId: 'a', n }, n)) as [NewRecord, NewRecord, NewRecord];
    await log.publish([first, second, second, third]);

    expect(await seen('a', 3)).toEqual([1, 2, 3]);
    expect(called).toEqual(['a1', 'a2', 'a2', 'a3']);
  });

  it('is skipped without a trace but its mark, when a rule rejects it or nobody listens to its type', async () => {
    const { log } = await started({ call: applied, options: { where: ({ data }) => (data as { n: number }).n !== 2 } });
    await log.publish([
      recordOf({ orderId: 'a', n: 1 }, 1),
      recordOf({ orderId: 'a', n: 2 }, 2),
      recordOf({ orderId: 'a', n: 3 }, 3, { type: 'order.unheard.v1' }),
      recordOf({ orderId: 'a', n: 4 }, 4),
    ]);

    expect(await seen('a', 2)).toEqual([1, 4]);
    expect(await db.sql(`SELECT last::text FROM messaging.mark`)).toEqual([{ last: '4' }]);
  });

  it('is chosen by a rule on its headers and its body', async () => {
    const where: OnOptions<Counted>['where'] = ({ headers, data }) => headers['channel'] === 'shop' && data.n !== 3;
    const { log } = await started({ call: applied, options: { where } as OnOptions<unknown> });
    const records = ['shop', 'market', 'shop', 'shop'].map((channel, index) => {
      const record = recordOf({ orderId: 'a', n: index + 1 }, index + 1);
      return { ...record, headers: { ...record.headers, channel } };
    });
    await log.publish(records);

    expect(await seen('a', 2)).toEqual([1, 4]);
  });

  it('is taken with any first sequence when its key is new', async () => {
    const { log } = await started({ call: applied });
    await log.publish([recordOf({ orderId: 'a', n: 41 }, 41), recordOf({ orderId: 'a', n: 42 }, 42)]);

    expect(await seen('a', 2)).toEqual([41, 42]);
  });
});

describe('a gap', () => {
  it('parks what came too early and heals when the missing one comes', async () => {
    const { log } = await started({ call: applied });
    await log.publish([
      recordOf({ orderId: 'a', n: 1 }, 1),
      recordOf({ orderId: 'a', n: 3 }, 3),
      recordOf({ orderId: 'a', n: 4 }, 4),
      recordOf({ orderId: 'b', n: 1 }, 1),
    ]);
    await seen('b', 1);
    const waiting = await eventually(held, (rows) => rows.length === 2);
    expect(waiting.map(({ sequence, class: of, status }) => ({ sequence, of, status }))).toEqual([
      { sequence: '3', of: 'gap', status: 'open' },
      { sequence: '4', of: 'behind', status: 'open' },
    ]);
    await log.publish([recordOf({ orderId: 'a', n: 2 }, 2), recordOf({ orderId: 'a', n: 5 }, 5)]);

    expect(await seen('a', 5)).toEqual([1, 2, 3, 4, 5]);
    expect(await held()).toEqual([]);
  });

  it('is dead after its time, and goes on when an operator vouches for the hole', async () => {
    const { log, messaging } = await started({ call: applied, options: { policy: { gapMs: 1 } } });
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1), recordOf({ orderId: 'a', n: 3 }, 3), recordOf({ orderId: 'a', n: 4 }, 4)]);
    await eventually(held, ([first]) => first?.status === 'dead');
    const [dead] = (await messaging.operations.deadLetters.list({ status: 'dead' })).items;
    await messaging.operations.deadLetters.replay({ id: dead?.id ?? '' }, { actor: 'ops' });

    expect(await seen('a', 3)).toEqual([1, 3, 4]);
  });
});

describe('a message that fails', () => {
  const sick =
    (orders: ReadonlySet<string>): Call =>
    async (event, tx, message) => {
      await applied(event, tx, message);
      if (orders.has(event.orderId)) throw new TypeError('cannot');
      return done;
    };

  it('is parked with all that follow of its key, while others flow, and applied in order once its cause is gone', async () => {
    const orders = new Set(['sick']);
    const { log, messaging } = await started({ call: sick(orders), options: { policy: { inPlaceMs: [1, 1], parkedMs: [600_000] } } });
    for (const n of [1, 2, 3]) await log.publish([recordOf({ orderId: 'sick', n }, n), recordOf({ orderId: 'well', n }, n)]);

    expect(await seen('well', 3)).toEqual([1, 2, 3]);
    const waiting = await eventually(held, (rows) => rows.length === 3);
    expect(waiting).toEqual([
      { key: 'sick', sequence: '1', class: 'transient', status: 'open', attempts: 3 },
      { key: 'sick', sequence: '2', class: 'behind', status: 'open', attempts: 0 },
      { key: 'sick', sequence: '3', class: 'behind', status: 'open', attempts: 0 },
    ]);

    orders.clear();
    const replay = await messaging.operations.deadLetters.replay({ filter: { key: 'sick' } }, { actor: 'ops' });
    expect({ matched: replay.matched, replayed: replay.replayed.length }).toEqual({ matched: 3, replayed: 1 });
    await log.publish([recordOf({ orderId: 'sick', n: 4 }, 4)]);
    expect(await seen('sick', 4)).toEqual([1, 2, 3, 4]);
    expect(await held()).toEqual([]);
    expect((await messaging.operations.deadLetters.audit()).map(({ actor, action }) => ({ actor, action }))).toEqual([
      { actor: 'ops', action: 'replay' },
    ]);
  });

  it('is retried by itself on its schedule', async () => {
    const orders = new Set(['sick']);
    const { log } = await started({ call: sick(orders), options: { policy: { inPlaceMs: [], parkedMs: [100, 100, 100, 100, 100, 100] } } });
    await log.publish([1, 2].map((n) => recordOf({ orderId: 'sick', n }, n)));
    await eventually(held, (rows) => (rows[0]?.attempts ?? 0) >= 3);
    orders.clear();

    expect(await seen('sick', 2)).toEqual([1, 2]);
    const [first, second] = await triesNoted();
    expect(first?.attempts).toBeGreaterThanOrEqual(4);
    expect(second?.attempts).toBe(1);
  });

  it('is dead after the end of its policy, and mirrored', async () => {
    const { log, messaging } = await started({ call: sick(new Set(['sick'])), options: { policy: { inPlaceMs: [], parkedMs: [1] } } });
    await log.publish([recordOf({ orderId: 'sick', n: 1 }, 1)]);
    await eventually(held, ([first]) => first?.status === 'dead');

    const [dead] = (await messaging.operations.deadLetters.list()).items;
    expect(dead).toMatchObject({
      group: 'spec',
      topic: 'order',
      key: 'sick',
      sequence: 1n,
      type: CountedV1.type,
      class: 'transient',
      status: 'dead',
      attempts: 2,
      reason: 'TypeError: cannot',
    });
    expect(dead?.tries.map(({ error }) => error)).toEqual(['TypeError: cannot', 'TypeError: cannot']);
    const mirrored = await eventually(
      () => mirror(),
      (records) => records.length > 0,
    );
    expect(mirrored[0]).toMatchObject({ deadLetter: dead?.id, group: 'spec', topic: 'order', key: 'sick', class: 'transient' });
  });

  it('is tried in place first, and leaves nothing of the failed tries', async () => {
    let tries = 0;
    const flaky: Call = async (event, tx, message) => {
      await applied(event, tx, message);
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      return done;
    };
    const { log } = await started({ call: flaky, options: { policy: { inPlaceMs: [1, 1] } } });
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1)]);

    expect(await seen('a', 1)).toEqual([1]);
    expect(await db.sql('SELECT FROM messaging.parked')).toEqual([]);
    expect(await triesNoted()).toEqual([{ attempts: 3, isBegunBefore: true }]);
  });

  /** What the inbox says of each message's tries, in the order of the messages. */
  function triesNoted(): Promise<{ attempts: number; isBegunBefore: boolean }[]> {
    return db.sql(`SELECT attempts, begun_at < handled_at AS "isBegunBefore" FROM messaging.inbox ORDER BY event_id`);
  }

  async function mirror(): Promise<object[]> {
    const records = await Promise.all(
      [...Array(12).keys()].map((partition) => service?.log.read({ topic: 'dead-letters', partition, offset: 0n }, 10)),
    );
    return records.flatMap((some) => some ?? []).map(({ value }) => JSON.parse(value ?? '') as object);
  }
});

describe('a message that can never work', () => {
  const reject: Call = async (event, tx, message) => {
    await applied(event, tx, message);
    return event.n === 2 ? poison('the carrier says no') : event.n === 3 ? ignored('not ours') : done;
  };

  it('is dead at once, holds its key, leaves nothing behind, and frees its key when discarded', async () => {
    const { log, messaging } = await started({ call: reject });
    await log.publish([1, 2, 3, 4].map((n) => recordOf({ orderId: 'a', n }, n)));
    const rows = await eventually(held, (all) => all.length === 3);
    expect(rows.map((row) => [row.sequence, row.class, row.status])).toEqual([
      ['2', 'poison', 'dead'],
      ['3', 'behind', 'open'],
      ['4', 'behind', 'open'],
    ]);

    const { items } = await messaging.operations.deadLetters.list();
    const [head, behind] = items;
    expect(await messaging.operations.deadLetters.discard(behind?.id ?? '', { actor: 'ops', reason: 'x' })).toEqual({
      kind: 'behind',
      head: head?.id,
    });
    expect(await messaging.operations.deadLetters.discard(head?.id ?? '', { actor: 'ops', reason: 'refused by phone' })).toEqual({
      kind: 'discarded',
    });
    expect(await seen('a', 3)).toEqual([1, 3, 4]);
    expect(await messaging.operations.deadLetters.discard(head?.id ?? '', { actor: 'ops', reason: 'again' })).toEqual({ kind: 'closed' });
  });

  it('is parked whatever is wrong with it, and a record that is none of ours holds nothing', async () => {
    const { log, messaging } = await started({ call: applied });
    await log.publish([
      recordOf({ orderId: 'json', n: 1 }, 1, { value: 'not json' }),
      recordOf({ orderId: 'tomb', n: 1 }, 1, { value: null }),
      recordOf({ orderId: 'schema', n: 1 }, 1, { value: '{"orderId":7}' }),
      recordOf({ orderId: 'major', n: 1 }, 1, { type: 'order.counted.v2' }),
      { topic: 'order', key: 'foreign', headers: {}, value: '\u0001' },
      { topic: 'order', key: null, headers: { ce_type: CountedV1.type }, value: '{}' },
      recordOf({ orderId: 'json', n: 2 }, 2),
      recordOf({ orderId: 'foreign', n: 1 }, 1),
    ]);
    await seen('foreign', 1);
    await eventually(held, (rows) => rows.length === 7);

    const { items } = await messaging.operations.deadLetters.list();
    expect(items.map(({ key, class: of, status }) => `${key ?? '-'} ${of} ${status}`).sort()).toEqual([
      '- invalid dead',
      'foreign invalid dead',
      'json behind open',
      'json invalid dead',
      'major invalid dead',
      'schema invalid dead',
      'tomb invalid dead',
    ]);
    expect((await messaging.operations.deadLetters.list({ reason: 'UNKNOWN MAJOR' })).items.map(({ key }) => key)).toEqual(['major']);
    expect((await messaging.operations.deadLetters.list({ reason: 'invalid', topic: 'order', group: 'spec' })).items.length).toBe(6);
    await messaging.operations.deadLetters.replay({ filter: { class: 'invalid' } }, { actor: 'ops' });
    await eventually(held, (rows) => rows.filter(({ status, attempts }) => status === 'dead' && attempts === 2).length === 6);
  });
});

describe('an effect outside the database', () => {
  it('is planned, acted and settled, and repeated with the same key until it is settled', async () => {
    const acts: string[] = [];
    let crashes = 2;
    const call: Call = async ({ orderId, n }, tx, message) => {
      await sessionOf(tx).query(
        {
          name: 'spec.plan',
          text: 'INSERT INTO effect (order_id, n) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM effect WHERE order_id = $1)',
        },
        [`plan-${orderId}`, n],
      );
      return effect(
        async () => {
          acts.push(message.id);
          if (crashes-- > 0) throw new Error('the answer was lost');
          return 'tracking';
        },
        (settling) => applied({ orderId, n }, settling, message) as Promise<typeof done>,
      );
    };
    const { log } = await started({ call, options: { policy: { inPlaceMs: [1, 1] } } });
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1), recordOf({ orderId: 'a', n: 2 }, 2)]);

    expect(await seen('a', 2)).toEqual([1, 2]);
    expect(await service?.effects('plan-a')).toEqual([1]);
    expect(new Set(acts.slice(0, 3)).size).toBe(1);
    expect(acts.length).toBe(4);
  });

  it('is acted again with the same key when it was lost after the act, and what settling had written is not there twice', async () => {
    const keys: string[] = [];
    const call: Call = async (event, _tx, message) =>
      effect(
        async () => keys.push(message.id),
        async (tx, times) => {
          await applied(event, tx, message);
          if (times === 1) throw new Error('lost while settling');
          return done;
        },
      );
    const { log } = await started({ call, options: { policy: { inPlaceMs: [1, 1] } } });
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1)]);

    expect(await seen('a', 1)).toEqual([1]);
    expect({ acts: keys.length, distinct: new Set(keys).size }).toEqual({ acts: 2, distinct: 1 });
  });

  it('is dead when the outside rejects it, and nothing of it is settled', async () => {
    const call: Call = async (event, _tx, message) =>
      effect(
        async () => 422,
        async (tx, status) => {
          await applied(event, tx, message);
          return poison(`the carrier answers ${String(status)}`);
        },
      );
    const { log } = await started({ call });
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1)]);
    const [row] = await eventually(held, (rows) => rows.length === 1);

    expect(row).toEqual({ key: 'a', sequence: '1', class: 'poison', status: 'dead', attempts: 1 });
    expect(await service?.effects('a')).toEqual([]);
  });

  it('is not marked as done between plan and settle', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let acting = false;
    const call: Call = async (event, tx, message) => {
      await applied({ ...event, orderId: `plan-${event.orderId}` }, tx, message);
      return effect(
        async () => {
          acting = true;
          await released;
        },
        async () => done,
      );
    };
    const { log } = await started({ call });
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1)]);
    await eventually(() => acting, Boolean);
    expect(await service?.effects('plan-a')).toEqual([1]);
    expect(await db.sql('SELECT FROM messaging.inbox')).toEqual([]);
    expect(await db.sql('SELECT last FROM messaging.mark')).toEqual([{ last: null }]);
    release();
    expect(
      await eventually(
        () => db.sql<{ last: string }>('SELECT last::text FROM messaging.mark'),
        ([row]) => row?.last === '1',
      ),
    ).toEqual([{ last: '1' }]);
  });
});

describe('a system that is away', () => {
  it('stops everything, parks nothing, and everything goes on when it is back', async () => {
    let away = true;
    const call: Call = async (event, tx, message) => {
      if (away) throw new Unavailable('smtp');
      return applied(event, tx, message);
    };
    const { log, messaging } = await started({ call });
    await log.publish([...Array(20).keys()].map((i) => recordOf({ orderId: `o${i}`, n: 1 }, 1, { id: v7() })));
    await eventually(
      () => messaging.ready().detail,
      (detail) => detail === 'consuming waits for: smtp',
    );
    const facts = await messaging.operations.consumers();
    expect(facts).toMatchObject([{ group: 'spec', topic: 'order', paused: true, parked: 0, lag: 20 }]);
    away = false;

    await eventually(
      () => db.sql('SELECT FROM effect'),
      (rows) => rows.length === 20,
    );
    expect(await db.sql('SELECT FROM messaging.parked')).toEqual([]);
    expect(messaging.ready()).toEqual({ ok: true, detail: 'ok' });
  });

  it('may be the database itself: connections are cut while messages flow, nothing is lost, doubled or parked', async () => {
    const { messaging } = await started({ call: applied });
    const ns = [...Array(200).keys()].map((i) => i + 1);
    const cutting = (async () => {
      for (const count of [20, 80, 150]) {
        await eventually(
          () => service?.effects('a').catch(() => []) ?? [],
          (seenNow) => seenNow.length >= count,
        );
        await db.cut();
      }
    })();
    for (const n of ns)
      await untilCommitted(() => db.database.transaction((tx) => messaging.outbox.enqueue(tx, CountedV1, { orderId: 'a', n })), n);
    await cutting;

    expect(
      await eventually(
        () => service?.effects('a').catch(() => []) ?? [],
        (seenNow) => seenNow.length >= 200,
      ),
    ).toEqual(ns);
    expect(await db.sql('SELECT FROM messaging.parked')).toEqual([]);
  }, 60_000);

  async function untilCommitted(work: () => Promise<void>, n: number): Promise<void> {
    const isThere = async (): Promise<boolean> =>
      (await db.sql(`SELECT FROM messaging.outbox WHERE payload::json ->> 'n' = $1`, [String(n)])).length > 0;
    for (;;) {
      const failed = await work().then(
        () => false,
        () => true,
      );
      if (!failed || (await isThere().catch(() => false))) return;
    }
  }
});
