import { randomFrom } from '@tandem/kernel/testing';
import { applied, recordOf, serve } from '@tandem/messaging/testing';
import { behind, effectsOf, happenings, publish, recordsOf, untilCaughtUp, untilEffects } from './counting.js';
import { type StagedScenario, checks, numbers } from './scenario.js';

/** Three copies of every record of a key, merged by chance: each copy in its own order, so late copies stand behind newer records. */
function thrice<T>(records: readonly T[], random: () => number): T[] {
  const at = [0, 0, 0];
  const merged: T[] = [];
  while (merged.length < records.length * 3) {
    const lane = Math.floor(random() * 3);
    const record = records[at[lane] ?? 0];
    // A copy may not run ahead of the first lane: the first copies were never out of order (docs/messaging.md, "The relay").
    if (record === undefined || (lane > 0 && (at[lane] ?? 0) >= (at[0] ?? 0))) continue;
    merged.push(record);
    at[lane] = (at[lane] ?? 0) + 1;
  }
  return merged;
}

export const everyRecordThreeTimes: StagedScenario = {
  name: 'repeated',
  must: 'every record three times, interleaved: 0 extra effects',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const random = randomFrom(stage.seed);
    const [orders, each] = stage.size({ short: [60, 10], full: [1_000, 10] });
    const lanes = numbers(orders ?? 0).map((order) =>
      thrice(
        numbers(each ?? 0).map((n) => recordOf({ orderId: `a-${order}`, n: n + 1 }, n + 1)),
        random,
      ),
    );
    const records = [];
    for (let open = lanes; open.length > 0; open = open.filter((lane) => lane.length > 0)) {
      const record = open[Math.floor(random() * open.length)]?.shift();
      if (record) records.push(record);
    }
    const service = await serve(stage.db, { call: applied, log: stage.log() });
    await publish(service.log, records);
    await untilCaughtUp(service.log, 'spec', 120_000);
    await service.stop();
    const { total, distinct, inversions } = await effectsOf(stage, 'a');
    const wanted = records.length / 3;
    const { faults, expect } = checks();
    expect(total === wanted && distinct === wanted, `${total} effects (${distinct} distinct), wants ${wanted}`);
    expect(inversions === 0, `${inversions} inversions`);
    return { figure: `${total - wanted} extra effects of ${records.length} deliveries, ${inversions} inversions`, faults };
  },
};

export const replayAfterPruning: StagedScenario = {
  name: 'replay',
  must: 'replay of the whole topic after the inbox was pruned: 0 new effects, ≥ 3,000/s skipped',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const count = stage.size({ short: 4_000, full: 100_000 });
    const records = recordsOf(happenings('a', { orders: count / 10, each: 10, random: randomFrom(stage.seed) }));
    const first = await serve(stage.db, { call: applied, log: stage.log() });
    await publish(first.log, records);
    await untilEffects(stage, 'a', { count, withinMs: 300_000 });
    await untilCaughtUp(first.log, 'spec', 30_000);
    await first.stop();
    stage.say(`${count} events are taken in; the inbox is emptied, the group put back to the start`);
    await stage.db.sql('TRUNCATE messaging.inbox');
    const log = stage.log();
    await log.seek('spec', 'order', { to: 'earliest' });
    const waiting = await behind(log, 'spec');
    let calls = 0;
    const begun = performance.now();
    const second = await serve(stage.db, { call: (...given) => ((calls += 1), applied(...given)), log: stage.log() });
    await untilCaughtUp(second.log, 'spec', 300_000);
    const perSecond = Math.round((count / (performance.now() - begun)) * 1_000);
    await second.stop();
    const { total } = await effectsOf(stage, 'a');
    const { faults, expect } = checks();
    expect(waiting === count, `${waiting} records to replay, wants ${count}`);
    expect(total === count && calls === 0, `${total - count} new effects, ${calls} handlers called`);
    // In the short form a good part of the time is joining the group.
    expect(perSecond >= stage.size({ short: 300, full: 3_000 }), `${perSecond}/s skipped, wants ≥ 3,000`);
    return { figure: `${total - count} new effects of ${count} events, ${perSecond}/s skipped (joining included)`, faults };
  },
};
