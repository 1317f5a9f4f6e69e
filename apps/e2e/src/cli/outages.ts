import { productOfItsOwn } from '../client/world.js';
import { type Checkouts, type Load, steadyLoad } from '../outages/load.js';
import { type Part, partsOf } from '../outages/parts.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { median, percentile } from '../system/figures.js';
import { onSystem } from '../system/on-system.js';

/**
 * `npm run outages -- [--seconds 120] [--rounds 2] [--rate 5] [--p50 1.1] [--p99 1.25] [-- options of npm start]`: mail, carrier, storage and the PDF worker are away for so long, one after the
 * other, while orders come; each outage follows a healthy time of the same length. Checkouts do not get slower by more than these factors (medians over the rounds), and everything is delivered
 * afterwards, once. About 35 minutes.
 */
const { values, startOptions } = commandLineOfStart({ seconds: 120, rounds: 2, rate: 5, p50: 1.1, p99: 1.25 });
const { seconds, rounds, rate } = values;
const shares = [
  ['p50', 0.5, values.p50],
  ['p99', 0.99, values.p99],
] as const;
/** What each part's healthy times and outages took, round by round. */
const seen = new Map<string, { readonly healthy: Checkouts[]; readonly away: Checkouts[] }>();
/** The most orders may take to be delivered after an outage: the longest pause between two tries, and what piled up. Milliseconds. */
const settleMs = 120_000;
const totals = { orders: 0, slowestMs: 0 };

const onStage = await onSystem(['--split', ...startOptions], async (stand) => {
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000);
  const load = steadyLoad(stand, { perSecond: rate, variantId });
  await load.run(Math.min(10, seconds));
  await load.settle(settleMs);
  for (let round = 1; round <= rounds; round += 1) for (const part of partsOf(stand)) await compare(part, load, stand.wrong);
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
    `charges, mails, parcels, invoices each once, the last ${(totals.slowestMs / 1_000).toFixed(1)} s after; ${wrong.length} wrong`,
  wrong,
);

/** A healthy time, then the outage, then nothing until all is delivered. */
async function compare(part: Part, load: Load, found: string[]): Promise<void> {
  const healthy = await load.run(seconds);
  const comeBack = await part.begin();
  const away = await load.run(seconds);
  if ((await load.owed()) === 0) found.push(`${part.name} was away, and nothing was missing: it was not away`);
  await comeBack();
  const settledMs = await load.settle(settleMs);
  totals.slowestMs = Math.max(totals.slowestMs, settledMs);
  const mine = seen.get(part.name) ?? { healthy: [], away: [] };
  seen.set(part.name, { healthy: [...mine.healthy, healthy], away: [...mine.away, away] });
  const shown = (checkouts: Checkouts): string =>
    shares.map(([name, share]) => `${name} ${percentile(checkouts, share).toFixed(0)}`).join(' ');
  console.log(
    `${part.name}: healthy ${shown(healthy)} ms, away ${shown(away)} ms; all delivered ${(settledMs / 1_000).toFixed(1)} s after it was back`,
  );
}

function factorOf(healthy: readonly Checkouts[], away: readonly Checkouts[], share: number): number {
  const of = (rounds: readonly Checkouts[]): number => median(rounds.map((checkouts) => percentile(checkouts, share)));
  return of(away) / of(healthy);
}
