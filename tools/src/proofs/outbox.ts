import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@tandem/kernel/testing';
import type { EventLog } from '@tandem/messaging';
import { CountedV1, openSpecDatabase, serve } from '@tandem/messaging/testing';
import { untilCaughtUp } from './counting.js';
import { type StagedScenario, checks, numbers } from './scenario.js';
import type { Stage, Worker } from './stage.js';

/** What came out of the log: how often each, and how often one came before its predecessor. First copies count. */
async function readTopic(
  log: EventLog,
  group: string,
): Promise<{
  readonly seen: ReadonlyMap<string, readonly number[]>;
  readonly copies: number;
  readonly inversions: number;
  readonly gapMs: number;
}> {
  const seen = new Map<string, number[]>();
  const times: number[] = [];
  let [copies, inversions] = [0, 0];
  const subscription = await log.subscribe({
    group,
    topics: ['order'],
    handle: ({ key, headers, timestamp }) => {
      const [list, sequence] = [seen.get(key ?? '') ?? [], Number(headers['ce_sequence'])];
      times.push(timestamp.getTime());
      if (list.includes(sequence)) copies += 1;
      else {
        if (sequence !== (list.at(-1) ?? 0) + 1) inversions += 1;
        seen.set(key ?? '', [...list, sequence]);
      }
      return Promise.resolve({ kind: 'done' });
    },
  });
  await untilCaughtUp(log, group, 120_000);
  await subscription.close();
  times.sort((a, b) => a - b);
  const gapMs = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)));
  return { seen, copies, inversions, gapMs };
}

export const outboxWriters: StagedScenario = {
  name: 'outbox',
  must: '64 writers, commit delays 0–2 s, 20 % rollbacks, 50,000 rows: 0 skipped, 0 inversions',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const {
      rows,
      delayMs,
      keys: keyCount,
    } = stage.size({ short: { rows: 3_000, delayMs: 300, keys: 2_000 }, full: { rows: 50_000, delayMs: 2_000, keys: 20_000 } });
    const perTransaction = 10;
    const random = randomFrom(stage.seed);
    const service = await serve(stage.db, { service: 'publisher', log: stage.log() });
    const writers = openSpecDatabase(stage.db.connectionString, 64);
    const committed = new Map<string, number>();
    let left = rows;
    await Promise.all(
      numbers(64).map(async () => {
        while (left > 0) {
          left -= perTransaction;
          const [isLost, waitMs] = [random() < 0.2, random() * delayMs];
          // Several keys in one transaction are always taken in one order: else two transactions wait for each other.
          const keys = [...new Set(numbers(perTransaction).map(() => `a-${Math.floor(random() * keyCount)}`))].sort();
          const work = writers.database.transaction(async (tx) => {
            for (const orderId of keys) await service.messaging.outbox.enqueue(tx, CountedV1, { orderId, n: 1 });
            await sleep(waitMs);
            if (isLost) throw new Error('rolled back');
            return keys;
          });
          await work.then(
            (kept) => kept.forEach((orderId) => committed.set(orderId, (committed.get(orderId) ?? 0) + 1)),
            (error: unknown) => void (isLost || stage.say(String(error))),
          );
        }
      }),
    );
    await writers.close();
    while ((await service.messaging.operations.outbox()).pending > 0) await sleep(100);
    const { seen, copies, inversions } = await readTopic(service.log, 'reader');
    await service.stop();
    const wanted = [...committed.values()].reduce((sum, count) => sum + count, 0);
    const skipped = [...committed].reduce((sum, [orderId, count]) => sum + Math.max(0, count - (seen.get(orderId)?.length ?? 0)), 0);
    const { faults, expect } = checks();
    expect(skipped === 0, `${skipped} skipped`);
    expect(inversions === 0, `${inversions} inversions`);
    return { figure: `${skipped} of ${wanted} committed events skipped, ${inversions} inversions, ${copies} copies`, faults };
  },
};

export const relayLeader: StagedScenario = {
  name: 'relay-leader',
  must: 'the relay’s leader is killed every 5 s for 5 min: takeover ≤ 5 s, 0 lost, 0 inversions',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const kills = stage.size({ short: 2, full: 60 });
    await stage.db.sql(
      `DO $$ BEGIN FOR i IN 0..2 LOOP EXECUTE format('DROP ROLE IF EXISTS relay_%s', i); EXECUTE format('CREATE ROLE relay_%s SUPERUSER LOGIN PASSWORD ''relay''', i); END LOOP; END $$`,
    );
    const start = (n: number): Promise<Worker> => stage.worker({ service: 'publisher', does: 'relay' }, { user: `relay_${n}` });
    const relays = await Promise.all(numbers(3).map(start));
    const writer = await serve(stage.db, { service: 'writer', log: stage.log() });
    await writer.messaging.stop(); // its outbox is used, its relay is not
    let [written, writing] = [0, true];
    const load = (async () => {
      for (; writing; written += 1) {
        await stage.db.database.transaction((tx) => writer.messaging.outbox.enqueue(tx, CountedV1, { orderId: `a-${written % 40}`, n: 1 }));
        await sleep(20);
      }
    })();
    const takeovers: number[] = [];
    for (const kill of numbers(kills)) {
      const leader = await untilLeader(stage);
      await sleep(5_000);
      relays[leader]?.signal('SIGKILL');
      const since = performance.now();
      const next = await untilLeader(stage, leader);
      takeovers.push(performance.now() - since);
      relays[leader] = await start(leader);
      if (kill % 10 === 9) stage.say(`${kill + 1} leaders killed, now relay ${next} leads`);
    }
    writing = false;
    await load;
    while ((await stage.db.sql('SELECT FROM messaging.outbox WHERE published_at IS NULL LIMIT 1')).length > 0) await sleep(100);
    const { seen, copies, inversions, gapMs } = await readTopic(stage.log(), 'reader');
    const found = [...seen.values()].reduce((sum, list) => sum + list.length, 0);
    const slowest = Math.max(...takeovers);
    const { faults, expect } = checks();
    expect(slowest <= 5_000, `a takeover took ${slowest.toFixed(0)} ms`);
    expect(found === written && inversions === 0, `${written - found} of ${written} lost, ${inversions} inversions`);
    return {
      figure: `${kills} leaders killed: slowest takeover ${slowest.toFixed(0)} ms, longest pause between records ${gapMs} ms, ${written - found} of ${written} lost, ${inversions} inversions, ${copies} copies`,
      faults,
    };
  },
};

/** The number of the relay that holds the leader's lock; another one than `not`. */
async function untilLeader({ db }: Stage, not?: number): Promise<number> {
  const end = performance.now() + 30_000;
  for (;;) {
    const [row] = await db.sql<{ name: string }>(
      `SELECT a.usename AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.classid = 7402 AND l.granted AND a.datname = current_database()`,
    );
    const leader = /^relay_(\d)$/.exec(row?.name ?? '')?.[1];
    if (leader !== undefined && Number(leader) !== not) return Number(leader);
    if (performance.now() > end) throw new Error('no relay leads');
    await sleep(20);
  }
}
