import { setTimeout as sleep } from 'node:timers/promises';
import { readyCart } from '../client/ready-cart.js';
import { expecting, guest } from '../client/shopper.js';
import { productOfItsOwn } from '../client/world.js';
import { type BehindAWay, behindAWay } from '../system/behind-a-way.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { median } from '../system/figures.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import type { RoundTrip } from '../system/postgres-way.js';

/**
 * `npm run checkout-round-trips -- [--checkouts 50] [--at-most 8] [-- options of npm start]`: one checkout after the other, from the request to the answer, and what order and inventory say to
 * their databases meanwhile, read off the wire: a round trip is what is said at once after the database has answered. Both together need no more than so many (the median).
 */
const { values, startOptions } = commandLineOfStart({ checkouts: 50, 'at-most': 8 });
const services = ['order', 'inventory'] as const;
/** What a process says whether somebody checks out or not, and what the relay says of the event once the answer is on its way. */
const besides =
  /^(order_beat|order_take_owed|schedule_\w+|messaging\.(relay|retries|pulse)\S*|inventory_expire_due|inventory_next_due\w*)$/;
/** Checkouts of which nothing is counted: connections are opened, statements prepared. */
const warmUp = 10;
/** What each service said in each checkout, a line a round trip. */
const said = { order: [] as string[][], inventory: [] as string[][] };

const onStage = await onSystem(['--split', ...startOptions], async (stand) => {
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000);
  const behind: BehindAWay[] = [];
  try {
    for (const service of services) behind.push(await behindAWay(stand, service));
    for (const number of numbers(warmUp + values.checkouts)) await buy(stand, { variantId, behind, isCounted: number >= warmUp });
  } finally {
    for (const { end } of behind) await end();
  }
});
const wrong = [...onStage];
const totals = said.order.map((trips, index) => trips.length + (said.inventory[index]?.length ?? 0));
if (!(median(totals) <= values['at-most'] && totals.length > 0))
  wrong.push(`${median(totals)} round trips, at most ${values['at-most']}; the most: ${JSON.stringify(longest())}`);
conclude(
  `${totals.length} checkouts one after the other: ${services.map((service) => `${service} ${median(said[service].map(({ length }) => length))} (${usual(said[service])})`).join(', ')}; ` +
    `together ${median(totals)} round trips (aim ${values['at-most']}), ${Math.max(0, ...totals)} at most; ${wrong.length} wrong`,
  wrong,
);

async function buy(
  { shop }: Stand,
  { variantId, behind, isCounted }: { variantId: string; behind: readonly BehindAWay[]; isCounted: boolean },
): Promise<void> {
  const cart = await readyCart(await guest(shop), [{ variantId, quantity: 1 }]);
  await sleep(200); // what the checkout before left to do is done
  for (const { way } of behind) way.roundTrips();
  expecting(201, await cart.checkout());
  for (const [index, service] of services.entries()) {
    const lines = linesOf(service, behind[index]?.way.roundTrips() ?? []);
    if (isCounted) said[service].push(lines);
  }
}

function linesOf(service: string, trips: readonly RoundTrip[]): string[] {
  return trips
    .filter(({ database, statements }) => database === `tandem_${service}` && !statements.some((statement) => besides.test(statement)))
    .map(({ statements }) => statements.join(' + '));
}

/** What most checkouts say. */
function usual(checkouts: readonly string[][]): string {
  const all = checkouts.map((lines) => lines.join('; '));
  const count = (text: string): number => all.filter((other) => other === text).length;
  return [...new Set(all)].sort((a, b) => count(b) - count(a))[0] ?? '';
}

/** What the checkout with the most round trips said. */
function longest(): readonly string[] {
  const worst = totals.indexOf(Math.max(...totals));
  return services.flatMap((service) => said[service][worst] ?? []);
}
