import { productOfItsOwn } from '../client/world.js';
import { type Checkouts, type Load, steadyLoad } from '../outages/load.js';
import { type Part, partNames, partsOf } from '../outages/parts.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { median, percentile } from '../system/figures.js';
import type { System } from '../system/launch.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { pssMb } from '../system/processes.js';

/**
 * `npm run outages -- [--part NAME] [--seconds 120] [--rounds 2] [--rate 5] [--p50 1.1] [--p99 1.25] [--mb 20] [-- options of npm start]`: mail, carrier, storage, the PDF worker and Kafka, where it
 * is the log, are away for so long, one after the other (or one of them), while orders come; each outage follows a healthy time of the same length. Checkouts do not get slower by more than these
 * factors (medians over the rounds), and everything is delivered afterwards, once: 60 s after Kafka is back, whose absence costs no process more than so many MB. About 35 minutes without Kafka.
 */
const { values, startOptions } = commandLineOfStart({
  part: ['all', ...partNames],
  seconds: 120,
  rounds: 2,
  rate: 5,
  p50: 1.1,
  p99: 1.25,
  mb: 20,
});
const { seconds, rounds, rate } = values;
const shares = [
  ['p50', 0.5, values.p50],
  ['p99', 0.99, values.p99],
] as const;
/** What each part's healthy times and outages took, round by round. */
const seen = new Map<string, { readonly healthy: Checkouts[]; readonly away: Checkouts[] }>();
/** The most orders may take to be delivered after an outage: the longest pause between two tries, and what piled up. Milliseconds. */
const settleMs = 120_000;
/** The most that may take when nothing of it was delivered meanwhile, as the log was away. */
const drainMs = 60_000;
const totals = { orders: 0, slowestMs: 0, grownMb: -Infinity };

const onStage = await onSystem(['--split', ...startOptions], async (stand) => {
  const parts = partsOf(stand).filter(({ name }) => values.part === 'all' || values.part === name);
  if (parts.length === 0) return void stand.wrong.push(`this system has no ${values.part}`);
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000);
  const load = steadyLoad(stand, { perSecond: rate, variantId });
  await load.run(Math.min(10, seconds));
  await load.settle(settleMs);
  for (let round = 1; round <= rounds; round += 1) for (const part of parts) await compare(part, load, stand);
  totals.orders = load.orders();
});
const wrong = [...onStage];
for (const [part, { healthy, away }] of seen) {
  for (const [name, share, limit] of shares) {
    const factor = factorOf(healthy, away, share);
    if (!(factor <= limit)) wrong.push(`${part} away: ${name} of the checkouts × ${factor.toFixed(2)}, at most ${limit}`);
  }
}
const figure = [...seen].map(
  ([part, { healthy, away }]) =>
    `${part} ${shares.map(([name, share]) => `${name} × ${factorOf(healthy, away, share).toFixed(2)}`).join(' ')}`,
);
conclude(
  `${totals.orders} orders at ${rate}/s, each part away for ${seconds} s ${rounds} times: ${figure.join(', ')} (aims ${shares.map(([name, , limit]) => `${name} × ${limit}`).join(' ')}); ` +
    `charges, mails, parcels, invoices each once, the last ${(totals.slowestMs / 1_000).toFixed(1)} s after; ` +
    `${totals.grownMb > -Infinity ? `no process grew by more than ${totals.grownMb.toFixed(0)} MB without the log (aim ${values.mb}); ` : ''}${wrong.length} wrong`,
  wrong,
);

/** A healthy time, then the outage, then nothing until all is delivered. */
async function compare(part: Part, load: Load, { system, wrong: found }: Stand): Promise<void> {
  const isLog = part.name.startsWith('kafka');
  const healthy = await load.run(seconds);
  const before = memoryOf(system);
  const comeBack = await part.begin();
  const away = await load.run(seconds);
  if (isLog) judgeMemory(before, memoryOf(system), found);
  if ((await load.owed()) === 0) found.push(`${part.name} was away, and nothing was missing: it was not away`);
  await comeBack();
  const settledMs = await load.settle(settleMs);
  if (isLog && settledMs > drainMs) found.push(`${part.name} was back, and all was delivered only ${Math.round(settledMs)} ms after`);
  totals.slowestMs = Math.max(totals.slowestMs, settledMs);
  const mine = seen.get(part.name) ?? { healthy: [], away: [] };
  seen.set(part.name, { healthy: [...mine.healthy, healthy], away: [...mine.away, away] });
  const shown = (checkouts: Checkouts): string =>
    shares.map(([name, share]) => `${name} ${percentile(checkouts, share).toFixed(0)}`).join(' ');
  console.log(
    `${part.name}: healthy ${shown(healthy)} ms, away ${shown(away)} ms; all delivered ${(settledMs / 1_000).toFixed(1)} s after it was back`,
  );
}

/** MB of each service's process. */
function memoryOf(system: System): ReadonlyMap<string, number> {
  const servers = ['supervisor', 'postgres', 'kafka', 'sandbox'];
  return new Map([...system.pids()].filter(([part]) => !servers.includes(part)).map(([part, pid]) => [part, pssMb([pid])]));
}

/** What cannot be published waits in the databases: no process keeps it in its memory. */
function judgeMemory(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, found: string[]): void {
  const grown = [...after].map(([part, mb]) => ({ part, mb: mb - (before.get(part) ?? 0) })).sort((a, b) => b.mb - a.mb);
  console.log(`without the log: ${grown.map(({ part, mb }) => `${part} ${mb >= 0 ? '+' : ''}${mb.toFixed(0)}`).join(', ')} MB`);
  for (const { part, mb } of grown) {
    totals.grownMb = Math.max(totals.grownMb, mb);
    if (mb > values.mb) found.push(`${part} grew by ${mb.toFixed(0)} MB without the log, at most ${values.mb}`);
  }
}

function factorOf(healthy: readonly Checkouts[], away: readonly Checkouts[], share: number): number {
  const of = (rounds: readonly Checkouts[]): number => median(rounds.map((checkouts) => percentile(checkouts, share)));
  return of(away) / of(healthy);
}
