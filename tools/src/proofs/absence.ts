import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@tandem/kernel/testing';
import { applied, recordOf, serve } from '@tandem/messaging/testing';
import { effectsOf, happen, happenings, publish, untilCaughtUp, untilEffects } from './counting.js';
import { type Finding, type StagedScenario, checks, medianPercentile, numbers } from './scenario.js';
import type { Stage } from './stage.js';

const perSecond = 25;
/** Commits of which a percentile is taken, half a minute of them: a machine that stalls once spoils one of them, not the median of all. */
const slice = 750;
/** What timers and neighbours on the machine are off, milliseconds. */
const jitterMs = 1;

/** What the log's absence does: it goes, stays away, and comes back. */
type Absence = { readonly prefix: string; begin(): Promise<void>; end(): Promise<void> };

/** Business transactions go on while the log is away, as fast as before; afterwards everything is delivered. */
async function whileAway(stage: Stage, absence: Absence, seconds: number): Promise<Finding> {
  const service = await serve(stage.db, { call: applied, log: stage.log() });
  const random = randomFrom(stage.seed);
  const round = async (prefix: string): Promise<readonly number[]> =>
    happen(service, stage, { all: happenings(prefix, { orders: Math.ceil((seconds * perSecond) / 10), each: 10, random }), perSecond });
  await happen(service, stage, { all: happenings('warm', { orders: 20, each: 10, random }), perSecond: 100 });
  const rounds = stage.size({ short: 1, full: 2 });
  const [there, away]: [number[], number[]] = [[], []];
  const rssBefore = process.memoryUsage().rss;
  let drainedMs = 0;
  for (const n of numbers(rounds)) {
    there.push(...(await round(`there${n}`)));
    await absence.begin();
    away.push(...(await round(`away${n}`)));
    await absence.end();
    const count = Math.ceil((seconds * perSecond) / 10) * 10;
    drainedMs = Math.max(drainedMs, await untilEffects(stage, `away${n}`, { count, withinMs: 60_000 }));
  }
  const grownMb = (process.memoryUsage().rss - rssBefore) / 2 ** 20;
  await untilCaughtUp(service.log, 'spec', 30_000);
  const pending = (await service.messaging.operations.outbox()).pending;
  await service.stop();
  const { faults, expect } = checks();
  const wanted = rounds * Math.ceil((seconds * perSecond) / 10) * 10;
  const all = await Promise.all(numbers(rounds).flatMap((n) => [effectsOf(stage, `there${n}`), effectsOf(stage, `away${n}`)]));
  const total = all.reduce((sum, { distinct }) => sum + distinct, 0);
  const doubled = all.reduce((sum, effects) => sum + effects.total - effects.distinct + effects.inversions, 0);
  expect(total === 2 * wanted && doubled === 0, `${total} of ${2 * wanted} effects, ${doubled} doubled or overtaken`);
  expect(pending === 0, `${pending} events are still in the outbox`);
  expect(drainedMs <= 60_000, `drained after ${(drainedMs / 1_000).toFixed(1)} s`);
  const isFull = stage.size({ short: false, full: true }); // the short form runs beside other tests, which times and memory are of
  const [p50, p50Away] = [medianPercentile(there, 0.5, slice), medianPercentile(away, 0.5, slice)];
  const [p99, p99Away] = [medianPercentile(there, 0.99, slice), medianPercentile(away, 0.99, slice)];
  expect(!isFull || p50Away <= p50 * 1.1 + jitterMs, `p50 of a commit ${p50Away.toFixed(1)} ms while away, ${p50.toFixed(1)} ms else`);
  expect(!isFull || p99Away <= p99 * 1.25 + jitterMs, `p99 of a commit ${p99Away.toFixed(1)} ms while away, ${p99.toFixed(1)} ms else`);
  expect(!isFull || grownMb <= 20, `memory grew by ${grownMb.toFixed(0)} MB`);
  const figure = `${away.length} of ${away.length} commits accepted, p50 ${p50.toFixed(1)} → ${p50Away.toFixed(1)} ms, p99 ${p99.toFixed(1)} → ${p99Away.toFixed(1)} ms (medians of ${slice} commits each); ${total} of ${2 * wanted} effects, drained in ${(drainedMs / 1_000).toFixed(1)} s; memory ${grownMb >= 0 ? '+' : ''}${grownMb.toFixed(0)} MB`;
  return { figure, faults };
}

export const logAway: StagedScenario = {
  name: 'log-away',
  must: 'the log is killed and stays away: every commit accepted, p50 + ≤ 10 %, p99 + ≤ 25 % (and 1 ms for both), drained ≤ 60 s, memory + ≤ 20 MB',
  logs: ['postgres', 'kafka'],
  run: (stage) =>
    whileAway(
      stage,
      { prefix: 'away', begin: () => stage.server.kill(), end: () => stage.server.restart() },
      stage.size({ short: 5, full: 150 }),
    ),
};

export const logHung: StagedScenario = {
  name: 'log-hung',
  must: 'the log’s server is not heard: a send fails ≤ 5.5 s, every commit accepted, p50 + ≤ 10 %, p99 + ≤ 25 % (and 1 ms for both), drained ≤ 60 s, memory + ≤ 20 MB',
  logs: ['postgres', 'kafka'],
  async run(stage) {
    const log = stage.log();
    await serve(stage.db, { log, service: 'ensures' }).then(({ messaging }) => messaging.stop());
    await publish(log, [recordOf({ orderId: 'probe-0', n: 1 }, 1)]);
    stage.server.proxy.blackHole(true);
    const begun = performance.now();
    const refused = await log.publish([recordOf({ orderId: 'probe-0', n: 2 }, 2)]).then(
      () => false,
      () => true,
    );
    const failedMs = performance.now() - begun;
    stage.server.proxy.blackHole(false);
    const { figure, faults } = await whileAway(
      stage,
      { prefix: 'hung', begin: async () => stage.server.proxy.blackHole(true), end: async () => stage.server.proxy.blackHole(false) },
      stage.size({ short: 8, full: 60 }),
    );
    const late = refused && failedMs <= 5_500 ? [] : [`a send ${refused ? 'failed' : 'succeeded'} after ${failedMs.toFixed(0)} ms`];
    return { figure: `a send fails after ${(failedMs / 1_000).toFixed(1)} s; ${figure}`, faults: [...late, ...faults] };
  },
};

export const restarts: StagedScenario = {
  name: 'restarts',
  must: '10,000 records of 100 publishers, the log’s server killed at ⅓, ½ and ⅔: 0 lost, 0 inversions',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const each = stage.size({ short: 2, full: 10 });
    const service = await serve(stage.db, { call: applied, log: stage.log() });
    const clients = numbers(5).map(() => stage.log());
    const total = 100 * each * 10;
    const cuts = [total / 3, total / 2, (total * 2) / 3];
    let sent = 0;
    let breaking = Promise.resolve();
    const breakNow = async (): Promise<void> => {
      await stage.server.kill();
      await sleep(500);
      await stage.server.restart();
      stage.say(`the server was killed after ${sent} records and is back`);
    };
    await Promise.all(
      numbers(100).map(async (publisher) => {
        for (const batch of numbers(each)) {
          const client = clients[publisher % 5];
          if (!client) continue;
          await publish(
            client,
            numbers(10).map((n) => recordOf({ orderId: `a-${publisher}`, n: batch * 10 + n + 1 }, batch * 10 + n + 1)),
          );
          sent += 10;
          if (sent >= (cuts[0] ?? Infinity)) {
            cuts.shift();
            breaking = breaking.then(breakNow);
            breaking.catch(() => undefined); // told where it is awaited
          }
          await sleep(stage.size({ short: 300, full: 100 }));
        }
      }),
    );
    await breaking;
    await untilEffects(stage, 'a', { count: total, withinMs: 60_000 });
    await service.stop();
    const { total: effects, distinct, inversions } = await effectsOf(stage, 'a');
    const { faults, expect } = checks();
    expect(distinct === total, `${total - distinct} lost`);
    expect(effects === distinct && inversions === 0, `${effects - distinct} doubled, ${inversions} inversions`);
    expect(cuts.length === 0, `${cuts.length} kills did not happen`);
    return {
      figure: `${total - distinct} of ${total} lost, ${effects - distinct} doubled, ${inversions} inversions through 3 kills`,
      faults,
    };
  },
};
