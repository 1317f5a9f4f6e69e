import { setTimeout as sleep } from 'node:timers/promises';
import { CountedV1, prune, serve } from '@tandem/messaging/testing';
import { type StagedScenario, checks } from './scenario.js';
import type { Stage } from './stage.js';

/** Time runs faster here: published rows are kept so long instead of an hour, and the server looks every second, instead of every minute, where to clean up. */
const keptMs = 10_000;
const perBatch = 500;

/** Rows as services write them: a key and a sequence each, headers, some hundred bytes of payload. */
const writeSql = {
  name: 'proof.outbox-rows',
  text: `INSERT INTO messaging.outbox (topic, key, sequence, headers, payload)
    SELECT 'order', 'a-' || n, 1, json_build_object('ce_specversion', '1.0', 'ce_id', gen_random_uuid(), 'ce_type', 'order.counted.v1', 'ce_source', '/tandem/proof', 'ce_time', now(), 'ce_sequence', '1'),
      json_build_object('orderId', 'a-' || n, 'n', 1, 'more', repeat('x', 300)) FROM generate_series($1::int, $2::int) n`,
};

type Size = { readonly mb: number; readonly rows: number };

async function sizeOf({ db }: Stage): Promise<Size> {
  const [row] = await db.sql<Size>(
    `SELECT pg_total_relation_size('messaging.outbox') / 1048576.0::float8 AS mb, count(*)::int AS rows FROM messaging.outbox`,
  );
  return row ?? { mb: 0, rows: 0 };
}

export const outboxSize: StagedScenario = {
  name: 'outbox-size',
  must: 'the outbox after 1,000,000 published rows with the pruner at work: no larger than what it holds, thrice',
  logs: ['postgres'],
  async run(stage) {
    const rows = stage.size({ short: 100_000, full: 1_000_000 });
    await stage.db.sql('ALTER SYSTEM SET autovacuum_naptime = 1');
    await stage.db.sql('SELECT pg_reload_conf()');
    const service = await serve(stage.db, { service: 'publisher', log: stage.log() });
    const sizes: Size[] = [];
    let isWriting = true;
    const pruning = (async () => {
      while (isWriting) {
        await prune(stage.db.database, 'publisher', { now: new Date(), publishedMs: keptMs });
        sizes.push(await sizeOf(stage));
        await sleep(1_000);
      }
    })();
    for (let from = 1; from <= rows; from += perBatch) {
      const until = performance.now() + 100;
      await stage.db.database.query(writeSql, [from, from + perBatch - 1]);
      await stage.db.database.transaction((tx) => service.messaging.outbox.enqueue(tx, CountedV1, { orderId: 'wakes', n: from }));
      if (from % 100_000 === 1) stage.say(`${from - 1} rows written, the outbox has ${(await sizeOf(stage)).mb.toFixed(0)} MB`);
      await sleep(Math.max(0, until - performance.now()));
    }
    while ((await service.messaging.operations.outbox()).pending > 0) await sleep(100);
    const full = await sizeOf(stage);
    await sleep(keptMs + 3_000);
    isWriting = false;
    await pruning;
    const after = await sizeOf(stage);
    await service.stop();
    const most = { mb: Math.max(...sizes.map(({ mb }) => mb)), rows: Math.max(...sizes.map(({ rows: alive }) => alive)) };
    const [bytes] = await stage.db.sql<{ each: number }>(
      `SELECT avg(pg_column_size(o))::float8 + 70 AS each FROM (SELECT * FROM messaging.outbox UNION ALL SELECT 0, 'order', 'a', 1, repeat('x', 220), repeat('x', 350), now(), now(), NULL) o`,
    );
    const alive = (most.rows * (bytes?.each ?? 700)) / 2 ** 20;
    const { faults, expect } = checks();
    expect(after.rows === 0, `${after.rows} rows are still there`);
    expect(most.mb <= Math.max(10, 3 * alive), `at most ${most.mb.toFixed(0)} MB for ${alive.toFixed(0)} MB of rows`);
    expect(after.mb <= most.mb, 'it has grown after the last row');
    return {
      figure: `${rows} rows published and pruned: at most ${most.rows} rows and ${most.mb.toFixed(0)} MB with its indexes (the rows alone ${alive.toFixed(0)} MB), ${full.mb.toFixed(0)} MB with the last one, ${after.mb.toFixed(0)} MB empty`,
      faults,
    };
  },
};
