import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import type { SpecDatabase } from '../spec-database.js';
import { createSpecStore } from '../spec-service.js';
import { firstUuidOf, prune } from './pruning.js';

let db: SpecDatabase;
beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);

describe('pruning', () => {
  it('removes published rows after an hour and inbox rows and what can be followed after 14 days, and nothing that is still needed', async () => {
    const now = new Date();
    const day = 24 * 60 * 60_000;
    const row = `INSERT INTO messaging.outbox (topic, key, sequence, headers, payload, published_at)
      SELECT 'order', $1, 1, json_build_object('ce_id', 'ffffffff' || substr(gen_random_uuid()::text, 9), 'ce_type', 'order.confirmed.v1'), '{}', now() + $2::interval FROM generate_series(1, $3)`;
    await db.sql(row, ['old', '-61 minutes', 2500]);
    await db.sql(row, ['young', '-59 minutes', 1]);
    await db.sql(row, ['pending', null, 1]);
    const at = (msecs: number): string => v7({ msecs });
    for (const [group, ageDays] of [
      ['spec', 15],
      ['spec', 13],
      ['other', 15],
    ] as const) {
      await db.sql('INSERT INTO messaging.inbox (grp, event_id) VALUES ($1, $2)', [group, at(now.getTime() - ageDays * day)]);
    }
    const followed = `INSERT INTO messaging.published (event_id, key, type, created_at, published_at) VALUES ($1, $2, 'order.confirmed.v1', now(), now())`;
    await db.sql(followed, [at(now.getTime() - 15 * day), 'forgotten']);
    await db.sql(followed, [at(now.getTime() - 13 * day), 'followed']);
    await prune(db.database, 'spec', { now });

    expect(await db.sql('SELECT key, type, count(*)::int AS n FROM messaging.published GROUP BY key, type ORDER BY key')).toEqual([
      { key: 'followed', type: 'order.confirmed.v1', n: 1 },
      { key: 'old', type: 'order.confirmed.v1', n: 2500 },
    ]);
    expect(await db.sql('SELECT key FROM messaging.outbox ORDER BY key')).toEqual([{ key: 'pending' }, { key: 'young' }]);
    expect((await db.sql<{ grp: string }>('SELECT grp FROM messaging.inbox ORDER BY event_id')).map(({ grp }) => grp)).toEqual([
      'other',
      'spec',
    ]);
  });

  it('knows the least id of a moment', () => {
    const msecs = Date.UTC(2026, 0, 1);
    expect([firstUuidOf(msecs) <= v7({ msecs }), firstUuidOf(msecs + 1) > v7({ msecs })]).toEqual([true, true]);
  });
});
