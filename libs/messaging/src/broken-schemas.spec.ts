import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '@tandem/contracts';
import { z } from 'zod';
import { partitionOfKey } from './adapters/partition-of-key.js';
import type { SpecDatabase } from './spec-database.js';
import { CountedV1, type SpecService, applied, createSpecStore, eventually, recordOf, serve } from './spec-service.js';

/** Order ids of one partition: the sick one is in the way of the others wherever anybody may be. */
const [sick = '', well = '', other = ''] = [...Array(500).keys()]
  .map((n) => `o${n}`)
  .filter((orderId) => partitionOfKey(orderId, topics.order.partitions) === 7);

describe('a schema that throws, as a codec with a bug does,', () => {
  let db: SpecDatabase;
  let service: SpecService;
  let broken: ReadonlySet<string>;
  const codec = (orderId: string): string => {
    if (broken.has(orderId)) throw new TypeError('no such property');
    return orderId;
  };
  const definition = { ...CountedV1, schema: z.object({ orderId: z.string().transform(codec), n: z.int() }) };

  beforeAll(async () => void (db = await createSpecStore()), 30_000);
  afterAll(() => db.drop(), 30_000);
  afterEach(async () => {
    await service.stop();
    await db.sql('TRUNCATE messaging.inbox, messaging.mark, messaging.parked, effect');
  });

  const seen = (orderId: string, count: number): Promise<number[]> =>
    eventually(
      () => service.effects(orderId),
      (ns) => ns.length >= count,
    );
  const heldOf = (key: string): Promise<object[]> =>
    db.sql(`SELECT sequence::int, class, status FROM messaging.parked WHERE key = $1 AND status IN ('open', 'dead') ORDER BY sequence`, [
      key,
    ]);
  const records = (orderId: string, ns: readonly number[]) => ns.map((n) => recordOf({ orderId, n }, n));

  it('makes its record a dead letter that holds its key and nobody else', async () => {
    broken = new Set([sick]);
    service = await serve(db, { call: applied, definition });
    await service.log.publish([...records(sick, [1, 2]), ...records(well, [1, 2])]);

    expect(await seen(well, 2)).toEqual([1, 2]);
    const waiting = await eventually(
      () => heldOf(sick),
      (rows) => rows.length === 2,
    );
    expect(waiting).toEqual([
      { sequence: 1, class: 'invalid', status: 'dead' },
      { sequence: 2, class: 'invalid', status: 'open' },
    ]);
    broken = new Set();
    await service.messaging.operations.deadLetters.replay({ filter: { key: sick } }, { actor: 'ops' });
    expect(await seen(sick, 2)).toEqual([1, 2]);
  });

  it('does the same to a message that is retried, while retries of others go on', async () => {
    broken = new Set();
    let isFailing = true;
    service = await serve(db, {
      definition,
      options: { policy: { inPlaceMs: [], laterMs: [], parkedMs: Array<number>(200).fill(50) } },
      call: async (event, tx, message) => {
        if (isFailing) throw new Error('not yet');
        return applied(event, tx, message);
      },
    });
    await service.log.publish([...records(sick, [1, 2]), ...records(other, [1, 2])]);
    await eventually(
      async () => [...(await heldOf(sick)), ...(await heldOf(other))],
      (rows) => rows.length === 4,
    );
    broken = new Set([sick]);
    isFailing = false;

    expect(await seen(other, 2)).toEqual([1, 2]);
    const [head] = await eventually(
      () => heldOf(sick),
      ([first]) => first !== undefined && 'status' in first && first.status === 'dead',
    );
    expect(head).toEqual({ sequence: 1, class: 'invalid', status: 'dead' });
    broken = new Set();
    await service.messaging.operations.deadLetters.replay({ filter: { key: sick } }, { actor: 'ops' });
    expect(await seen(sick, 2)).toEqual([1, 2]);
  });
});
