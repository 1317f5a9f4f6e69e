import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@tandem/contracts';
import { randomFrom } from '@tandem/kernel/testing';
import { done, effect } from '@tandem/messaging';
import { type Call, applied, partitionOfKey, serve } from '@tandem/messaging/testing';
import { type Happening, effectsOf, happen, happenings, publisher, untilEffects } from './counting.js';
import { type StagedScenario, checks } from './scenario.js';
import type { Stage } from './stage.js';

const takesMs = 100;

type Run = { readonly prefix: string; readonly concurrency: number; readonly all: readonly Happening[] };

/** What a service did with the orders of a run. */
type Done = {
  readonly perSecond: number;
  readonly wanted: number;
  readonly settled: number;
  readonly inversions: number;
  /** Acts beyond one for each event. */
  readonly again: number;
};

/** A service whose handler acts outside for 100 ms, so many of one partition in hand at a time. Its rate is that of the middle 80 %. */
async function act(stage: Stage, { prefix, concurrency, all }: Run): Promise<Done> {
  const acts: string[] = [];
  const settledAt: number[] = [];
  const call: Call = async (event, _tx, message) =>
    effect(
      async () => {
        acts.push(`${event.orderId}/${event.n}`);
        await sleep(takesMs);
      },
      async (settling) => {
        await applied(event, settling, message);
        settledAt.push(performance.now());
        return done;
      },
    );
  const where = ({ key }: { readonly key: string }): boolean => key.startsWith(`${prefix}-`);
  const service = await serve(stage.db, { service: prefix, call, options: { concurrency, where }, log: stage.log() });
  await untilEffects(stage, prefix, { count: all.length, withinMs: 120_000 });
  await service.stop();
  const { total, inversions } = await effectsOf(stage, prefix);
  const [from, to] = [Math.floor(all.length / 10), Math.floor((all.length * 9) / 10)];
  const seconds = ((settledAt[to] ?? NaN) - (settledAt[from] ?? NaN)) / 1_000;
  return { perSecond: (to - from) / seconds, wanted: all.length, settled: total, inversions, again: acts.length - new Set(acts).size };
}

/** `orders` × `each` happenings of one partition: what goes on side by side there is the concurrency's alone. */
function inOnePartition(
  prefix: string,
  { orders, each, random }: { orders: number; each: number; random: () => number },
): readonly Happening[] {
  const all = happenings(prefix, { orders: orders * 24, each, random }); // a twelfth of them are in a partition, more or less
  const isThere = (orderId: string): boolean => partitionOfKey(orderId, topics.order.partitions) === 7;
  const chosen = new Set([...new Set(all.map(({ orderId }) => orderId))].filter(isThere).slice(0, orders));
  return all.filter(({ orderId }) => chosen.has(orderId));
}

/** Puts all of it into the log, through the outbox. */
async function publishAll(stage: Stage, all: readonly Happening[]): Promise<void> {
  const service = await publisher(stage);
  await happen(service, stage, { all, perSecond: 1_000 });
  while ((await service.messaging.operations.outbox()).pending > 0) await sleep(50);
  await service.stop();
}

export const sideBySide: StagedScenario = {
  name: 'side-by-side',
  must: 'an effect outside of 100 ms, many keys of one partition: 16 in hand settle ≥ 8 × as many as one, order per key kept, each act asked for once',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run(stage) {
    const random = randomFrom(stage.seed);
    const each = stage.size({ short: 4, full: 10 });
    const few = inOnePartition('one', { orders: 6, each, random });
    const many = inOnePartition('many', { orders: stage.size({ short: 60, full: 320 }), each, random });
    await publishAll(stage, [...few, ...many]);
    const serial = await act(stage, { prefix: 'one', concurrency: 1, all: few });
    const wide = await act(stage, { prefix: 'many', concurrency: 16, all: many });
    const times = wide.perSecond / serial.perSecond;
    const { faults, expect } = checks();
    expect(times >= 8, `16 in hand make × ${times.toFixed(1)}`);
    for (const { wanted, settled, inversions, again } of [serial, wide])
      expect(
        settled === wanted && wanted > 0 && inversions === 0 && again === 0,
        `${settled} of ${wanted} effects, ${inversions} inversions, ${again} acts asked for again`,
      );
    const [one, sixteen] = [serial, wide].map(({ perSecond }) => perSecond.toFixed(1));
    return {
      figure: `one in hand ${one} per s, 16 in hand ${sixteen} per s: × ${times.toFixed(1)}; ${wide.settled} of ${wide.wanted} effects, ${wide.inversions} inversions, ${wide.again} acts asked for again`,
      faults,
    };
  },
};
