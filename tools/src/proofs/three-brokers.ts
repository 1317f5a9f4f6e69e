import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@tandem/kernel/testing';
import { applied, openLog, serve } from '@tandem/messaging/testing';
import { type KafkaCluster, startKafkaCluster } from '../kafka/index.js';
import { effectsOf, happen, happenings, untilEffects } from './counting.js';
import { type Finding, type StagedScenario, checks, shuffled } from './scenario.js';
import type { Stage } from './stage.js';

const perSecond = 100;

/** One after the other is killed while events flow, and comes back before the next one goes. */
async function killInTurn(
  { nodes }: KafkaCluster,
  stage: Stage,
  { kills, isDone }: { kills: number; isDone: () => boolean },
): Promise<number> {
  const random = randomFrom(stage.seed);
  let killed = 0;
  for (const node of [...shuffled(nodes, random), ...shuffled(nodes, random)].slice(0, kills)) {
    await sleep(4_000);
    if (isDone()) break;
    await node.kill();
    killed += 1;
    await sleep(6_000);
    await node.restart();
    stage.say(`broker ${node.brokers} was killed and is back`);
  }
  return killed;
}

async function underLoad(cluster: KafkaCluster, stage: Stage): Promise<Finding> {
  const log = openLog({ kafka: cluster.brokers });
  const service = await serve(stage.db, { call: applied, log });
  const kills = stage.size({ short: 1, full: 6 });
  await happen(service, stage, { all: happenings('warm', { orders: 50, each: 10, random: randomFrom(1) }), perSecond: 200 });
  await untilEffects(stage, 'warm', { count: 500, withinMs: 30_000 });
  const all = happenings('a', { orders: kills * 200, each: 8, random: randomFrom(stage.seed) });
  let isOver = false;
  const killing = killInTurn(cluster, stage, { kills, isDone: () => isOver });
  await happen(service, stage, { all, perSecond });
  await untilEffects(stage, 'a', { count: all.length, withinMs: 60_000 });
  isOver = true;
  const killed = await killing;
  await service.stop();
  const { total, distinct, inversions } = await effectsOf(stage, 'a');
  const gaps = {
    published: await longestGap(stage, `SELECT published_at AS at FROM messaging.outbox WHERE key LIKE 'a-%'`),
    applied: await longestGap(stage, `SELECT done_at AS at FROM effect WHERE order_id LIKE 'a-%'`),
  };
  const { faults, expect } = checks();
  expect(killed === kills, `${killed} of ${kills} brokers killed`);
  expect(distinct === all.length, `${all.length - distinct} lost`);
  expect(total === distinct && inversions === 0, `${total - distinct} doubled, ${inversions} inversions`);
  // A machine of two cores that others use runs five JVMs here: the short form beside other tests is given more.
  const most = stage.size({ short: 8_000, full: 3_000 });
  expect(Math.max(gaps.published, gaps.applied) <= most, `the longest gap is ${Math.max(gaps.published, gaps.applied).toFixed(0)} ms`);
  const figure = `${all.length - distinct} of ${all.length} lost, ${total - distinct} doubled, ${inversions} inversions while ${killed} brokers were killed; longest gap ${(gaps.published / 1_000).toFixed(1)} s in publishing, ${(gaps.applied / 1_000).toFixed(1)} s in effects (at most ${most / 1_000} s)`;
  return { figure, faults };
}

/** Between two of the moments, ms. */
async function longestGap({ db }: Stage, moments: string): Promise<number> {
  const [row] = await db.sql<{ ms: number }>(
    `SELECT coalesce(max(extract(epoch FROM at - before)), 0)::float8 * 1000 AS ms FROM (SELECT at, lag(at) OVER (ORDER BY at) AS before FROM (${moments}) m) g`,
  );
  return row?.ms ?? 0;
}

export const threeBrokers: StagedScenario = {
  name: 'three-brokers',
  must: 'three brokers, one after the other killed under load: 0 lost, 0 inversions, gap ≤ 3 s',
  logs: ['kafka'],
  async run(stage) {
    const dataDir = await mkdtemp(join(tmpdir(), 'tandem-cluster-'));
    const cluster = await startKafkaCluster({ dataDir });
    try {
      return await underLoad(cluster, stage);
    } finally {
      await cluster.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};
