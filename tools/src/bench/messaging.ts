import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchCall, type Call, CountedV1, type Serving, applied, appliedTogether, recordOf } from '@tandem/messaging/testing';
import { numbers, percentile } from '../proofs/scenario.js';
import type { LogKind } from '../proofs/scenario.js';
import { type BenchStage, type Cpu, cpuPer, onBenchStage } from './bench-stage.js';
import { countedWayTo } from './round-trips.js';

type Percentiles = { readonly p50: number; readonly p95: number; readonly p99: number };
/** From the transaction that makes an event true until it is in the log, and until the commit of its effect, at a calm rate; CPU per event, outbox, relay and consumer together. Milliseconds. */
export type Latency = {
  readonly log: LogKind;
  readonly perSecond: number;
  readonly published: Percentiles;
  readonly effect: Percentiles;
  readonly cpu: Cpu;
};
/** As fast as it goes: inbox, mark and a one-row effect per event. CPU per event, ms. */
export type Throughput = {
  readonly log: LogKind;
  readonly batch: number;
  readonly perSecond: number;
  readonly cpu: Cpu;
  readonly roundTrips: number;
};
/** Of a service that has nothing to do, percent of a core. */
export type Idle = { readonly log: LogKind; readonly node: number; readonly database: number; readonly broker: number };
export type MessagingReport = {
  readonly latencies: readonly Latency[];
  readonly throughputs: readonly Throughput[];
  readonly idles: readonly Idle[];
};

/** `events` per measurement of throughput; a tenth of it per measurement of latency. */
export type MessagingBench = { readonly logs: readonly LogKind[]; readonly events: number; readonly idleSeconds: number };

/** Messages a handler of the bench takes at once. */
const batchSize = 50;

export async function benchMessaging({ logs, events, idleSeconds }: MessagingBench, say: (line: string) => void): Promise<MessagingReport> {
  const report: { latencies: Latency[]; throughputs: Throughput[]; idles: Idle[] } = { latencies: [], throughputs: [], idles: [] };
  for (const kind of logs)
    await onBenchStage(kind, async (stage) => {
      report.idles.push(await idle(stage, idleSeconds));
      for (const perSecond of [50, 300]) report.latencies.push(await latency(stage, perSecond, events / 10));
      await throughput(stage, { name: 'warm', batch: 1, events: events / 4 }); // not counted
      for (const batch of [1, batchSize]) report.throughputs.push(await throughput(stage, { name: `rate-${batch}`, batch, events }));
      say(`${kind}: ${JSON.stringify({ ...report.idles.at(-1), ...report.latencies.at(-1) })}`);
      for (const one of report.throughputs.slice(-2))
        say(
          `${kind}, ${one.batch} at a time: ${one.perSecond.toFixed(0)}/s, ${JSON.stringify(one.cpu)}, ${one.roundTrips.toFixed(2)} round trips`,
        );
    });
  return report;
}

/** Joining is over by then, and V8 has compiled and collected what starting took: in the first 20 s a member takes twice what it takes from then on. */
const untilIdleMs = 20_000;

async function idle(stage: BenchStage, seconds: number): Promise<Idle> {
  const tally = { calls: 0 };
  const service = await stage.service({ service: 'idle', ...counting(tally, 1) });
  await service.log.publish([recordOf({ orderId: 'idle', n: 1 }, 1)]);
  await until(tally, 1);
  await sleep(untilIdleMs);
  const before = stage.cpu();
  await sleep(seconds * 1_000);
  const { node, database, broker } = cpuPer(seconds * 10, before, stage.cpu()); // ms of 10 ms a hundredth
  await service.stop();
  return { log: stage.kind, node, database, broker };
}

async function latency(stage: BenchStage, perSecond: number, count: number): Promise<Latency> {
  const tally = { calls: 0 };
  const name = `calm-${perSecond}`;
  const service = await stage.service({
    service: name,
    ...counting(tally, 1),
    options: { where: ({ key }) => key.startsWith(`${name}-`) },
  });
  const happen = async (from: number, to: number): Promise<void> => {
    const begun = performance.now();
    const working: Promise<void>[] = [];
    for (const n of numbers(to - from).map((rank) => from + rank)) {
      const waitMs = begun + ((n - from) * 1_000) / perSecond - performance.now();
      if (waitMs > 1) await sleep(waitMs);
      const happening = service.database.transaction((tx) =>
        service.messaging.outbox.enqueue(tx, CountedV1, { orderId: `${name}-${n % 500}`, n }),
      );
      happening.catch(() => undefined); // told by all of them together, below
      working.push(happening);
    }
    await Promise.all(working);
    await until(tally, to);
  };
  const warm = Math.round(perSecond * 2);
  await happen(0, warm);
  const before = stage.cpu();
  await happen(warm, warm + count);
  const cpu = cpuPer(count, before, stage.cpu());
  await sleep(100); // the last commit
  await service.stop();
  const rows = await stage.db.sql<{ published: number; effect: number }>(
    `SELECT extract(epoch FROM o.published_at - o.created_at)::float8 * 1000 AS published, extract(epoch FROM e.done_at - o.created_at)::float8 * 1000 AS effect
       FROM effect e JOIN messaging.outbox o ON o.key = e.order_id AND (o.payload::json->>'n')::int = e.n WHERE e.n >= $1 AND e.order_id LIKE $2 || '-%'`,
    [warm, name],
  );
  if (rows.length !== count) throw new Error(`${rows.length} of ${count} effects of ${name}`);
  const published = percentiles(rows.map((row) => row.published));
  return { log: stage.kind, perSecond, published, effect: percentiles(rows.map((row) => row.effect)), cpu };
}

function percentiles(ms: readonly number[]): Percentiles {
  return { p50: percentile(ms, 0.5), p95: percentile(ms, 0.95), p99: percentile(ms, 0.99) };
}

type Load = { readonly name: string; readonly batch: number; readonly events: number };

async function throughput(stage: BenchStage, { name, batch, events }: Load): Promise<Throughput> {
  const keys = numbers(Math.ceil(events / 10)).map((key) => `${name}-${key}`);
  const log = stage.log();
  for (const n of numbers(10))
    for (let from = 0; from < keys.length; from += 500)
      await log.publish(keys.slice(from, from + 500).map((orderId) => recordOf({ orderId, n: n + 1 }, n + 1)));
  const tally = { calls: 0 };
  const service = await stage.service({
    service: name,
    ...counting(tally, batch),
    options: { where: ({ key }) => key.startsWith(`${name}-`) },
  });
  const first = await until(tally, events / 20); // joined, warm, past what others have left in the topic
  const [begun, before] = [performance.now(), stage.cpu()];
  const last = await until(tally, events);
  const seconds = (performance.now() - begun) / 1_000;
  const cpu = cpuPer(last - first, before, stage.cpu());
  await service.stop();
  const [row] = await stage.db.sql<{ count: number }>(
    `SELECT count(DISTINCT (order_id, n))::int AS count FROM effect WHERE order_id LIKE $1 || '-%'`,
    [name],
  );
  if (row?.count !== events) throw new Error(`${row?.count} of ${events} effects of ${name}`);
  return { log: stage.kind, batch, perSecond: (last - first) / seconds, cpu, roundTrips: await roundTrips(stage, name, batch) };
}

/** A handler with a one-row effect, of one event or of many in one statement, that counts. */
function counting(tally: { calls: number }, batch: number): Pick<Serving, 'call' | 'batch'> {
  const one: Call = (event, tx, message) => ((tally.calls += 1), applied(event, tx, message));
  const many: BatchCall = (all, tx, messages) => ((tally.calls += all.length), appliedTogether(all, tx, messages));
  return batch > 1 ? { batch: { most: batch, call: many } } : { call: one };
}

/** Per message of a single one-row effect, counted on the wire between service and database. */
async function roundTrips(stage: BenchStage, name: string, batch: number): Promise<number> {
  const way = await countedWayTo(stage.databasePort);
  const group = `trips-${name}`;
  const tally = { calls: 0 };
  const options = { where: ({ key }: { key: string }) => key.startsWith(group), concurrency: batch };
  const service = await stage.service({ service: group, options, ...counting(tally, batch) }, { port: way.port, poolSize: 4 });
  const publish = (n: number): Promise<void> => service.log.publish(numbers(200).map((k) => recordOf({ orderId: `${group}-${k}`, n }, n)));
  await publish(1); // prepared, past what others have left in the topic
  await until(tally, 200);
  await sleep(500);
  const before = way.roundTrips();
  for (const n of [2, 3, 4, 5]) await publish(n);
  await until(tally, 1_000);
  await sleep(200);
  const perMessage = (way.roundTrips() - before) / 800;
  await service.stop();
  await way.close();
  return perMessage;
}

/** Answers how many there are then. */
async function until(tally: { readonly calls: number }, wanted: number): Promise<number> {
  const end = performance.now() + 120_000;
  while (tally.calls < wanted) {
    if (performance.now() > end) throw new Error(`only ${tally.calls} of ${wanted} calls`);
    await sleep(10);
  }
  return tally.calls;
}
