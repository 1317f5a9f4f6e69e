import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@tandem/kernel/testing';
import { type Happening, effectsOf, happen, happenings, publisher, untilEffects } from './counting.js';
import { type Scenario, checks, numbers } from './scenario.js';
import type { Stage, Worker } from './stage.js';

/** How many handler calls there were beyond one per effect. */
async function rerunShare({ db }: Stage, effects: number): Promise<number> {
  const [row] = await db.sql<{ calls: number }>('SELECT count(*)::int AS calls FROM called');
  return effects === 0 ? 0 : ((row?.calls ?? 0) - effects) / effects;
}

export const storm: Scenario = {
  name: 'rebalance-storm',
  must: 'members join, leave and are killed every 3 s for 3 min: 0 inversions, 0 repeated effects, ≤ 2 % of handlers re-run',
  logs: ['postgres', 'kafka'],
  async run(stage) {
    const seconds = stage.size({ short: 15, full: 180 });
    const random = randomFrom(stage.seed);
    const service = await publisher(stage);
    const start = (): Promise<Worker> => stage.worker({ service: 'spec', does: 'consume' });
    const workers = await Promise.all([start(), start()]);
    const all = happenings('a', { orders: Math.ceil((seconds * 28) / 10), each: 10, random });
    const happening = happen(service, stage, { all, perSecond: 28 });
    const done: string[] = [];
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; await sleep(3_000)) {
      const [what, who] = [random(), Math.floor(random() * workers.length)];
      if (workers.length < 2 || (what < 0.34 && workers.length < 4)) workers.push(await start());
      else workers.splice(who, 1)[0]?.signal(what < 0.67 ? 'SIGKILL' : 'SIGTERM');
      done.push(workers.length < 2 ? 'join' : what < 0.34 ? 'join' : what < 0.67 ? 'kill' : 'leave');
    }
    await happening;
    await untilEffects(stage, 'a', { count: all.length, withinMs: 90_000 });
    const { total, distinct, inversions } = await effectsOf(stage, 'a');
    const rerun = await rerunShare(stage, total);
    await service.stop();
    const { faults, expect } = checks();
    expect(distinct === all.length && total === distinct, `${distinct} of ${all.length} effects, ${total - distinct} repeated`);
    expect(inversions === 0, `${inversions} inversions`);
    expect(rerun <= 0.02, `${(rerun * 100).toFixed(2)} % of the handlers ran again`);
    return {
      figure: `${distinct} of ${all.length} effects, ${total - distinct} repeated, ${inversions} inversions, ${(rerun * 100).toFixed(2)} % re-run, ${done.length} joins, leaves and kills`,
      faults,
    };
  },
};

export const zombie: Scenario = {
  name: 'zombie',
  must: 'a member is stopped for 45 s in mid-handler and wakes: 0 repeated effects, 0 inversions',
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
    const { total, distinct, inversions } = await effectsOf(stage, 'a');
    await service.stop();
    const { faults, expect } = checks();
    expect(second.isRunning(), 'the member that took over has ended');
    expect(distinct === all.length && total === distinct, `${distinct} of ${all.length} effects, ${total - distinct} repeated`);
    expect(inversions === 0, `${inversions} inversions`);
    return { figure: `${distinct} of ${all.length} effects, ${total - distinct} repeated, ${inversions} inversions`, faults };
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

export const deadConsumer: Scenario = {
  name: 'dead-consumer',
  must: 'a consumer dies of an error nobody caught while its handlers hang: its process ends ≤ 1 s, and it is working again ≤ 10 s',
  logs: ['postgres', 'kafka'],
  inCi: true,
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

export const moreWorkers: Scenario = {
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
