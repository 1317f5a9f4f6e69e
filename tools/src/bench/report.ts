import { cpus, totalmem } from 'node:os';
import type { Cpu } from './bench-stage.js';
import type { Latency, MessagingReport } from './messaging.js';
import type { StartReport } from './starting.js';

/** Under which the page keeps what a bench has shown. */
export const headings = { messaging: '## Messaging', start: '## Start' } as const;

const total = ({ node, database, broker }: Cpu): number => node + database + broker;
const shown = (cpu: Cpu): string => [cpu.node, cpu.database, cpu.broker, total(cpu)].map((ms) => ms.toFixed(3)).join(' | ');
const spread = ({ p50, p95, p99 }: Latency['effect']): string => [p50, p95, p99].map((ms) => ms.toFixed(1)).join(' | ');
const names = { postgres: 'embedded', kafka: 'Kafka' } as const;

/** What an event costs, as a section of docs/bench.md. */
export function messagingSection({ latencies, throughputs, idles }: MessagingReport): string {
  return `${headings.messaging}

\`npm run bench -- messaging\` on ${machineAndDay()}. One run; the machine is shared, so read CPU and ratios rather than milliseconds of time.

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

/** What a start takes, as a section of docs/bench.md. */
export function startSection({ first, again, idleCorePercent, pssMb }: StartReport): string {
  const row = (name: string, seconds: readonly number[]): string =>
    `| ${name} | ${Math.min(...seconds).toFixed(1)} | ${Math.max(...seconds).toFixed(1)} |`;
  return `${headings.start}

\`npm run bench -- start\` on ${machineAndDay()}. \`npm start\` of a clone that is installed and built (one process, embedded log, seeded), ${first.length} times on new data and again on the same;
from the command to the line that says it is ready. The machine is shared: the fastest is nearest to what it takes.

| start | fastest s | slowest s |
|---|---|---|
${row('on new data', first)}
${row('again on the same', again)}

Idle: ${idleCorePercent.toFixed(1)} % of a core (20 s, from 15 s after it was ready). Memory of everything then: ${pssMb.toFixed(0)} MB (PSS). All processes, PostgreSQL and the one that keeps them alive included.
`;
}

function machineAndDay(): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.version}`;
  return `${machine}, ${new Date().toISOString().slice(0, 10)}`;
}

/** The page with one section replaced, or added at its end. */
export function withSection(page: string, title: string, section: string): string {
  const begin = page.indexOf(`${title}\n`);
  if (begin < 0) return `${page.trimEnd()}\n\n${section}`;
  const next = page.indexOf('\n## ', begin + title.length);
  return `${page.slice(0, begin)}${section}${next < 0 ? '' : page.slice(next)}`;
}
