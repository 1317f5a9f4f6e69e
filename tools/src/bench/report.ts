import { cpus, totalmem } from 'node:os';
import type { Cpu } from './bench-stage.js';
import type { Latency, MessagingReport } from './messaging.js';

/** Under which the page keeps what this bench has shown. */
export const heading = '## Messaging';

const total = ({ node, database, broker }: Cpu): number => node + database + broker;
const shown = (cpu: Cpu): string => [cpu.node, cpu.database, cpu.broker, total(cpu)].map((ms) => ms.toFixed(3)).join(' | ');
const spread = ({ p50, p95, p99 }: Latency['effect']): string => [p50, p95, p99].map((ms) => ms.toFixed(1)).join(' | ');
const names = { postgres: 'embedded', kafka: 'Kafka' } as const;

/** What an event costs, as a section of docs/bench.md. */
export function messagingSection({ latencies, throughputs, idles }: MessagingReport): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.version}`;
  return `${heading}

\`npm run bench -- messaging\` on ${machine}, ${new Date().toISOString().slice(0, 10)}. One run; the machine is shared, so read CPU and ratios rather than milliseconds of time.

As fast as it goes, the topic written before: gate, a one-row effect and the commit per event; CPU ms per event; "per s and core" is what one core does, all processes counted.

| log | at a time | per s | CPU node | database | broker | all | per s and core | round trips |
|---|---|---|---|---|---|---|---|---|
${throughputs.map(({ log, batch, perSecond, cpu, roundTrips }) => `| ${names[log]} | ${batch} | ${perSecond.toFixed(0)} | ${shown(cpu)} | ${(1_000 / total(cpu)).toFixed(0)} | ${roundTrips.toFixed(2)} |`).join('\n')}

From the transaction that makes an event true until it is marked as published, and until the commit of its effect; the latter has outbox, relay and consumer in it. CPU ms per event, the writer's transaction included.

| log | events per s | published p50 ms | p95 ms | p99 ms | effect p50 ms | p95 ms | p99 ms | CPU node | database | broker | all |
|---|---|---|---|---|---|---|---|---|---|---|---|
${latencies.map(({ log, perSecond, published, effect, cpu }) => `| ${names[log]} | ${perSecond} | ${spread(published)} | ${spread(effect)} | ${shown(cpu)} |`).join('\n')}

A service with nothing to do, percent of a core:

| log | node | database | broker |
|---|---|---|---|
${idles.map(({ log, node, database, broker }) => `| ${names[log]} | ${node.toFixed(2)} | ${database.toFixed(2)} | ${broker.toFixed(2)} |`).join('\n')}
`;
}

/** The page with one section replaced, or added at its end. */
export function withSection(page: string, title: string, section: string): string {
  const begin = page.indexOf(`${title}\n`);
  if (begin < 0) return `${page.trimEnd()}\n\n${section}`;
  const next = page.indexOf('\n## ', begin + title.length);
  return `${page.slice(0, begin)}${section}${next < 0 ? '' : page.slice(next)}`;
}
