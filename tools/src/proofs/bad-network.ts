import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@tandem/kernel/testing';
import { effectFaults, effectsOf, happen, happenings, publisher, untilCaughtUp, untilEffects } from './counting.js';
import type { FaultProxy } from './fault-proxy.js';
import { type StagedScenario, checks, numbers, shuffled } from './scenario.js';

const perSecond = 20;
const each = 10;
/** What the network does for a while, by name: to records on their way to the log, to what it answers, or to both. */
const weathers: Readonly<Record<string, (way: FaultProxy, random: () => number) => () => void>> = {
  'connections reset': (way) => (way.cut(), () => undefined),
  'answers cut in the middle': (way, random) => (way.cutAfter(Math.floor(random() * 2_000)), () => undefined),
  'everything late': (way, random) => (way.delay(50 + random() * 250), () => way.delay(0)),
  'nothing heard': (way) => (way.blackHole(true), () => way.blackHole(false)),
  'heard and not answered': (way) => (way.mute(), () => undefined),
};

export const badNetwork: StagedScenario = {
  name: 'bad-network',
  must: 'the network to the log resets, cuts answers in the middle, is late by 50 to 300 ms, swallows everything or answers only, one thing after the other: 0 lost, 0 repeated effects, 0 inversions, drained ≤ 60 s',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const random = randomFrom(stage.seed);
    const spells = numbers(stage.size({ short: 1, full: 20 })).flatMap(() => shuffled(Object.entries(weathers), random));
    const service = await publisher(stage);
    await Promise.all([1, 2].map(() => stage.worker({ service: 'spec', does: 'consume' })));
    const turns = spells.map(([weather, begin]) => ({ weather, begin, lastsMs: 1_000 + random() * 2_000 }));
    // Events come until the last spell is over, and a second longer.
    const orders = Math.ceil(((turns.reduce((sum, { lastsMs }) => sum + lastsMs, 1_000) / 1_000) * perSecond) / each);
    const all = happenings('a', { orders, each, random });
    const happening = happen(service, stage, { all, perSecond });
    for (const { weather, begin, lastsMs } of turns) {
      const end = begin(stage.server.proxy, random);
      stage.say(weather);
      await sleep(lastsMs);
      end();
    }
    await happening;
    const drainedMs = await untilEffects(stage, 'a', { count: all.length, withinMs: 90_000 });
    await untilCaughtUp(stage.log(), 'spec', 30_000); // what was not acknowledged comes again, and would be an effect too many
    const effects = await effectsOf(stage, 'a');
    const { total, distinct, inversions } = effects;
    await service.stop();
    const { faults, expect } = checks();
    expect(drainedMs <= 60_000, `drained after ${(drainedMs / 1_000).toFixed(1)} s`);
    return {
      figure: `${spells.length} faults of ${Object.keys(weathers).length} kinds: ${distinct} of ${all.length} effects, ${total - distinct} repeated, ${inversions} inversions, drained ${(drainedMs / 1_000).toFixed(1)} s after the last event`,
      faults: [...effectFaults(effects, all.length), ...faults],
    };
  },
};
