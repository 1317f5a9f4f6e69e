import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, NewRecord } from '@tandem/messaging';
import { CountedV1, type SpecService, recordOf, serve } from '@tandem/messaging/testing';
import { checks, numbers, shuffled } from './scenario.js';
import type { Stage } from './stage.js';

/** The n-th thing that happened to an order. */
export type Happening = { readonly orderId: string; readonly n: number };

/** A service that only publishes, beside workers that consume. */
export const publisher = (stage: Stage): Promise<SpecService> => serve(stage.db, { service: 'publisher', log: stage.log() });

/** `orders` × `each` happenings; those of an order in their order, orders interleaved by chance. */
export function happenings(
  prefix: string,
  { orders, each, random }: { orders: number; each: number; random: () => number },
): readonly Happening[] {
  const next = new Map<string, number>();
  const turns = shuffled(
    numbers(orders).flatMap((order) => Array<string>(each).fill(`${prefix}-${order}`)),
    random,
  );
  return turns.map((orderId) => {
    const n = (next.get(orderId) ?? 0) + 1;
    next.set(orderId, n);
    return { orderId, n };
  });
}

export const recordsOf = (all: readonly Happening[]): readonly NewRecord[] => all.map((happening) => recordOf(happening, happening.n));

/** Straight into the log, in order, in batches; again until each is taken. */
export async function publish(log: EventLog, records: readonly NewRecord[], perBatch = 500): Promise<void> {
  for (let from = 0; from < records.length; from += perBatch) await insistently(() => log.publish(records.slice(from, from + perBatch)));
}

/** As the relay does it: the same again, until it is taken. */
export async function insistently(work: () => Promise<void>, withinMs = 120_000): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(200);
    }
  }
}

/** Through the outbox, at most `perSecond`, one transaction each; answers how long each transaction took, ms. */
export async function happen(
  service: SpecService,
  stage: Stage,
  { all, perSecond }: { all: readonly Happening[]; perSecond: number },
): Promise<readonly number[]> {
  const begun = performance.now();
  const took: number[] = [];
  for (const [index, happening] of all.entries()) {
    const wait = begun + (index * 1_000) / perSecond - performance.now();
    if (wait > 1) await sleep(wait);
    const start = performance.now();
    await stage.db.database.transaction((tx) => service.messaging.outbox.enqueue(tx, CountedV1, happening));
    took.push(performance.now() - start);
  }
  return took;
}

/** What the effects are: how many, how many distinct, how often one came before its predecessor. */
export type Effects = { readonly total: number; readonly distinct: number; readonly inversions: number };

export async function effectsOf({ db }: Stage, prefix: string): Promise<Effects> {
  const [row] = await db.sql<Effects>(
    `SELECT count(*)::int AS total, count(DISTINCT (order_id, n))::int AS distinct, count(*) FILTER (WHERE n < previous)::int AS inversions
       FROM (SELECT order_id, n, lag(n) OVER (PARTITION BY order_id ORDER BY at) AS previous FROM effect WHERE order_id LIKE $1 || '-%') e`,
    [prefix],
  );
  return row ?? { total: 0, distinct: 0, inversions: 0 };
}

/** What is wrong with effects of which there must be so many, each once and after its predecessor. */
export function effectFaults({ total, distinct, inversions }: Effects, wanted: number): readonly string[] {
  const { faults, expect } = checks();
  expect(distinct === wanted && total === distinct, `${distinct} of ${wanted} effects, ${total - distinct} repeated`);
  expect(inversions === 0, `${inversions} inversions`);
  return faults;
}

/** From the commit of an event to the commit of its effect, ms, of healthy orders. */
export async function latenciesOf({ db }: Stage, prefix: string): Promise<readonly number[]> {
  const rows = await db.sql<{ ms: number }>(
    `SELECT extract(epoch FROM e.done_at - o.created_at)::float8 * 1000 AS ms FROM effect e
       JOIN messaging.outbox o ON o.topic = 'order' AND o.key = e.order_id AND o.sequence = e.n WHERE e.order_id LIKE $1 || '-%'`,
    [prefix],
  );
  return rows.map(({ ms }) => ms);
}

/** Waits until there are so many effects, or time is up; answers how long it took, ms. */
export async function untilEffects(
  stage: Stage,
  prefix: string,
  { count, withinMs }: { count: number; withinMs: number },
): Promise<number> {
  const begun = performance.now();
  for (;;) {
    if ((await effectsOf(stage, prefix)).total >= count || performance.now() - begun > withinMs) return performance.now() - begun;
    await sleep(50);
  }
}

/** How far a group is behind, all topics together. */
export async function behind(log: EventLog, group: string): Promise<number> {
  return (await log.lag(group)).reduce((sum, { lag }) => sum + Number(lag), 0);
}

/** Waits until the group has settled everything, or time is up; answers how long it took, ms. */
export async function untilCaughtUp(log: EventLog, group: string, withinMs: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const lags = await log.lag(group).catch(() => []);
    if (lags.length > 0 && lags.every(({ lag }) => lag === 0n)) return performance.now() - begun;
    if (performance.now() - begun > withinMs)
      throw new Error(`the group ${group} is still ${await behind(log, group)} behind after ${withinMs} ms`);
    await sleep(25);
  }
}
