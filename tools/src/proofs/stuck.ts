import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@tandem/kernel/testing';
import { behind, effectsOf, happen, happenings, publisher, untilCaughtUp, untilEffects } from './counting.js';
import { type StagedScenario, checks } from './scenario.js';
import type { Worker } from './stage.js';

/** What a worker says when a watchdog has found that it delivers nothing. */
const foundLine = /joins anew|another takes its place/;
const inSeconds = (ms: number): string => `${(ms / 1_000).toFixed(0)} s`;

/** When it was first found, ms after `since`; `undefined` when it was not. */
function foundMs({ said }: Worker, since: number): number | undefined {
  const first = said.find(({ atMs, line }) => atMs >= since && foundLine.test(line));
  return first && first.atMs - since;
}

export const stuckConsumer: StagedScenario = {
  name: 'stuck-consumer',
  must: 'a handler that never settles is found ≤ 60 s; the process ends when joining anew does not help',
  logs: ['postgres', 'kafka'],
  async run(stage) {
    const service = await publisher(stage);
    const stuck = await stage.worker({ service: 'spec', does: 'consume', isDeaf: true });
    await happen(service, stage, { all: [{ orderId: 'a-1', n: 1 }], perSecond: 1 });
    const begun = performance.now();
    const { atMs, because } = await Promise.race([stuck.ended, sleep(150_000, { atMs: performance.now() + 150_000, because: 'nothing' })]);
    const [found, endedMs] = [foundMs(stuck, begun), atMs - begun];
    await stage.worker({ service: 'spec', does: 'consume' });
    await untilEffects(stage, 'a', { count: 1, withinMs: 30_000 });
    const { total } = await effectsOf(stage, 'a');
    await service.stop();
    const { faults, expect } = checks();
    expect(found !== undefined && found <= 60_000, `found after ${found === undefined ? 'never' : inSeconds(found)}`);
    expect(because.includes('delivered nothing'), `it ended because of ${because}`);
    // Twice in a row: found, joined anew, found again.
    expect(endedMs <= 120_000, `the process ended after ${inSeconds(endedMs)}`);
    expect(total === 1, `${total} effects`);
    const figure = `found after ${inSeconds(found ?? NaN)} and joined anew, found again and ended after ${inSeconds(endedMs)}; the next one applied it`;
    return { figure, faults };
  },
};

export const deafConnections: StagedScenario = {
  name: 'deaf-connections',
  must: 'the log’s answers no longer come on any connection that is open, while new ones are served: records flow again ≤ 60 s',
  logs: ['postgres', 'kafka'],
  async run(stage) {
    const service = await publisher(stage);
    const deaf = await stage.worker({ service: 'spec', does: 'consume' });
    const random = randomFrom(stage.seed);
    await happen(service, stage, { all: happenings('before', { orders: 20, each: 5, random }), perSecond: 200 });
    await untilCaughtUp(stage.log(), 'spec', 30_000); // committed, too: what the group is behind after this is new
    stage.server.proxy.mute();
    const muted = performance.now();
    const other = stage.log(); // by connections of its own, opened now
    await happen(service, stage, { all: happenings('after', { orders: 20, each: 5, random }), perSecond: 200 });
    while ((await behind(other, 'spec').catch(() => 0)) === 0 && performance.now() - muted < 60_000) await sleep(20);
    const published = performance.now();
    await untilEffects(stage, 'after', { count: 1, withinMs: 150_000 });
    const flowsMs = performance.now() - published;
    await untilEffects(stage, 'after', { count: 100, withinMs: 30_000 });
    for (const { atMs, line } of deaf.said) stage.say(`${((atMs - published) / 1_000).toFixed(1)} s: ${line}`);
    const found = foundMs(deaf, published);
    const { total, distinct, inversions } = await effectsOf(stage, 'after');
    await service.stop();
    const { faults, expect } = checks();
    expect(flowsMs <= 60_000, `records flow again after ${inSeconds(flowsMs)}`);
    expect(
      total === 100 && distinct === 100 && inversions === 0,
      `${distinct} of 100 effects, ${total - distinct} repeated, ${inversions} inversions`,
    );
    const by = found === undefined ? 'without a watchdog' : `found after ${inSeconds(found)}`;
    return { figure: `published ${inSeconds(published - muted)} after; records flow again ${inSeconds(flowsMs)} later, ${by}`, faults };
  },
};
