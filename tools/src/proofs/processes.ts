import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@tandem/kernel/testing';
import { type Happening, effectFaults, effectsOf, happen, happenings, publisher, untilCaughtUp, untilEffects } from './counting.js';
import { type StagedScenario, checks, numbers } from './scenario.js';
import type { Stage, Worker } from './stage.js';

/** Handler calls, and effects asked for outside, beyond one per event. */
async function repeats({ db }: Stage, table: 'called' | 'acted'): Promise<number> {
  const [row] = await db.sql<{ again: number }>(`SELECT (count(*) - count(DISTINCT (order_id, n)))::int AS again FROM ${table}`);
  return row?.again ?? NaN;
}

/** Lets members join, leave and be killed, one thing every 3 s whether the one before is over or not; answers what was done. */
async function rage(stage: Stage, seconds: number, random: () => number): Promise<readonly string[]> {
  const start = (): Promise<Worker> => stage.worker({ service: 'spec', does: 'outside', takesMs: 50 });
  const workers = [start(), start()];
  await Promise.all(workers);
  const done: string[] = [];
  const begun = performance.now();
  for (const turn of numbers(Math.floor(seconds / 3))) {
    await sleep(begun + turn * 3_000 - performance.now());
    const [what, who] = [random(), Math.floor(random() * workers.length)];
    const joins = workers.length < 2 || (what < 0.34 && workers.length < 4);
    const signal = what < 0.67 ? 'SIGKILL' : 'SIGTERM';
    if (joins) workers.push(start());
    else void workers.splice(who, 1)[0]?.then((worker) => worker.signal(signal));
    done.push(joins ? 'joins' : signal === 'SIGKILL' ? 'kills' : 'leaves');
  }
  return done;
}

export const storm: StagedScenario = {
  name: 'rebalance-storm',
  must: 'members whose effects outside take 50 ms join, leave and are killed every 3 s for 3 min: 0 inversions, 0 repeated effects, ≤ 2 % of handlers re-run',
  logs: ['postgres', 'kafka'],
  async run(stage) {
    const seconds = stage.size({ short: 15, full: 180 });
    const random = randomFrom(stage.seed);
    const service = await publisher(stage);
    const all = happenings('a', { orders: Math.ceil((seconds * 28) / 10), each: 10, random });
    const [done] = await Promise.all([rage(stage, seconds, random), happen(service, stage, { all, perSecond: 28 })]);
    await untilEffects(stage, 'a', { count: all.length, withinMs: 90_000 });
    await untilCaughtUp(stage.log(), 'spec', 30_000);
    const effects = await effectsOf(stage, 'a');
    const { total, distinct, inversions } = effects;
    const [called, acted] = [await repeats(stage, 'called'), await repeats(stage, 'acted')];
    await service.stop();
    const rerun = called / all.length;
    const { faults, expect } = checks();
    expect(rerun <= 0.02, `${(rerun * 100).toFixed(2)} % of the handlers ran again`);
    const told = ['joins', 'leaves', 'kills'].map((what) => `${done.filter((one) => one === what).length} ${what}`).join(', ');
    return {
      figure: `${distinct} of ${all.length} effects, ${total - distinct} repeated, ${inversions} inversions, ${(rerun * 100).toFixed(2)} % re-run, ${acted} acts asked for again; ${told}`,
      faults: [...effectFaults(effects, all.length), ...faults],
    };
  },
};

/** Messages a member may have in hand when it is stopped: 4 of each of 12 partitions. Only their acts may be asked for again. */
const mostInHand = 48;

export const zombie: StagedScenario = {
  name: 'zombie',
  must: 'a member is stopped for 45 s in mid-handler and wakes: 0 repeated effects, 0 inversions, acts asked for again only of what it had in hand',
  logs: ['postgres', 'kafka'],
  async run(stage) {
    const seconds = stage.size({ short: 20, full: 45 });
    const service = await publisher(stage);
    const first = await stage.worker({ service: 'spec', does: 'outside', takesMs: 200 });
    const all = happenings('a', { orders: 40, each: 10, random: randomFrom(stage.seed) });
    const happening = happen(service, stage, { all, perSecond: 20 });
    await untilEffects(stage, 'a', { count: 10, withinMs: 30_000 });
    first.signal('SIGSTOP');
    const second = await stage.worker({ service: 'spec', does: 'outside', takesMs: 200 });
    await sleep(seconds * 1_000);
    first.signal('SIGCONT');
    await happening;
    await untilEffects(stage, 'a', { count: all.length, withinMs: 90_000 });
    await sleep(2_000);
    const effects = await effectsOf(stage, 'a');
    const { total, distinct, inversions } = effects;
    const acted = await repeats(stage, 'acted');
    await service.stop();
    const { faults, expect } = checks();
    expect(second.isRunning(), 'the member that took over has ended');
    expect(acted <= mostInHand, `${acted} acts were asked for again`);
    const figure = `${distinct} of ${all.length} effects, ${total - distinct} repeated, ${inversions} inversions, ${acted} acts asked for again`;
    return { figure, faults: [...effectFaults(effects, all.length), ...faults] };
  },
};

/** What was seen of a consumer that died. */
export type Death = {
  readonly because: string;
  /** From the moment it said that it is about to die to its process's end; absent when it never said so. */
  readonly exitMs: number | undefined;
  /** From its end until everything was applied. */
  readonly backMs: number;
};

/** What is wrong with a death: a time nobody has measured is a fault, too. */
export function deathFaults({ because, exitMs, backMs }: Death): readonly string[] {
  const { faults, expect } = checks();
  expect(because.includes('nobody expected this'), `it ended because of ${because}`);
  expect(exitMs !== undefined, 'it never said that it is about to die, so its end was not measured');
  expect(exitMs === undefined || exitMs <= 1_000, `the process ended after ${exitMs?.toFixed(0)} ms`);
  expect(backMs <= 10_000, `working again after ${(backMs / 1_000).toFixed(1)} s`);
  return faults;
}

export const deadConsumer: StagedScenario = {
  name: 'dead-consumer',
  must: 'a consumer dies of an error nobody caught while its handlers hang: its process ends ≤ 1 s, and it is working again ≤ 10 s',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const service = await publisher(stage);
    const doomed = await stage.worker({ service: 'spec', does: 'consume', crashes: true });
    const all: readonly Happening[] = numbers(20).map((n) => ({ orderId: `a-${n}`, n: 1 }));
    await happen(service, stage, { all, perSecond: 500 });
    const { atMs, because, afterMs } = await doomed.ended;
    await stage.worker({ service: 'spec', does: 'consume' });
    await untilEffects(stage, 'a', { count: all.length, withinMs: 30_000 });
    const backMs = performance.now() - atMs;
    const { total, distinct } = await effectsOf(stage, 'a');
    await service.stop();
    const { faults, expect } = checks();
    expect(total === all.length && distinct === total, `${distinct} of ${all.length} effects, ${total - distinct} repeated`);
    return {
      figure: `ended ${afterMs ?? '?'} ms after the error, everything applied ${(backMs / 1_000).toFixed(1)} s after its end`,
      faults: [...deathFaults({ because, exitMs: afterMs, backMs }), ...faults],
    };
  },
};

export const moreWorkers: StagedScenario = {
  name: 'more-workers',
  must: '1, 2 and 4 members on an effect of 100 ms: throughput grows ≥ 0.85 × linear',
  logs: ['postgres', 'kafka'],
  async run(stage) {
    const count = stage.size({ short: 240, full: 1_200 });
    const service = await publisher(stage);
    const rates: number[] = [];
    const all = happenings('a', { orders: count, each: 1, random: randomFrom(stage.seed) });
    await happen(service, stage, { all, perSecond: 2_000 });
    for (const members of [1, 2, 4]) {
      await stage.db.sql('TRUNCATE effect');
      const workers = await Promise.all(
        numbers(members).map(() => stage.worker({ service: `workers-${members}`, does: 'consume', takesMs: 100 })),
      );
      await untilEffects(stage, 'a', { count: count / 10, withinMs: 120_000 }); // joined and warm
      const [begun, { total }] = [performance.now(), await effectsOf(stage, 'a')];
      await untilEffects(stage, 'a', { count: count * 0.8, withinMs: 120_000 });
      rates.push((((await effectsOf(stage, 'a')).total - total) / (performance.now() - begun)) * 1_000);
      for (const worker of workers) worker.signal('SIGTERM');
      await Promise.all(workers.map(({ ended }) => ended));
    }
    await service.stop();
    const [one = 0, two = 0, four = 0] = rates;
    const { faults, expect } = checks();
    expect(two >= 2 * 0.85 * one, `2 members: ${(two / one).toFixed(2)} × one`);
    expect(four >= 4 * 0.85 * one, `4 members: ${(four / one).toFixed(2)} × one`);
    return {
      figure: `${one.toFixed(0)}, ${two.toFixed(0)}, ${four.toFixed(0)} per s: ${(two / one).toFixed(2)} × and ${(four / one).toFixed(2)} ×`,
      faults,
    };
  },
};
