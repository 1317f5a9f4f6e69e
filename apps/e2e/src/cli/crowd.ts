import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../client/http.js';
import { type ReadyCart, readyCart } from '../client/ready-cart.js';
import { guest } from '../client/shopper.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { crowdVerdict } from '../system/verdicts.js';

/**
 * `npm run crowd -- [--checkouts 500] [--at-least 0.9] [-- options of npm start]`: with 10 connections to the database, so many shoppers check out in the same moment. Whoever is refused comes back when
 * it was told to, somewhere within a second, and all buy in the end. Before and after, the same in good order, as many at a time as it serves best, shows what the system can do; the crowd gets at least such a share of it.
 */
const { values, startOptions } = commandLineOfStart({ checkouts: 500, 'at-least': 0.9 });
const { checkouts } = values;
for (const service of ['ORDER', 'INVENTORY', 'CART', 'PAYMENT']) process.env[`${service}_POOL_SIZE`] = '10'; // of the system it starts
const counts = { shed: 0, withoutRetryAfter: 0 };
/** Shoppers at a time. With 8 the system sells a quarter less, and a crowd would be measured against too little. */
const inGoodOrder = 32;
/** Whoever is refused so often never buys: a minute at least. */
const mostTries = 40;
const rates = { before: 0, crowd: 0, after: 0 };

const found = await onSystem(startOptions, async (stand) => {
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000);
  const carts = (count: number): Promise<ReadyCart[]> =>
    inParallel(numbers(count), 8, async () => readyCart(await guest(stand.shop), [{ variantId, quantity: 1 }]));
  const half = Math.ceil(checkouts / 2);
  const [first, all, last] = [await carts(half), await carts(checkouts), await carts(half)];
  rates.before = await sold(stand, first, inGoodOrder);
  rates.crowd = await sold(stand, all, checkouts);
  rates.after = await sold(stand, last, inGoodOrder);
});
const { figure, wrong } = crowdVerdict({ checkouts, ...rates, ...counts }, values['at-least']);
conclude(`${figure}; ${found.length} wrong`, [...found, ...wrong]);

/** Orders per second until 95 of 100 have theirs: the last few are alone and wait for nobody. */
async function sold(stand: Stand, carts: readonly ReadyCart[], atOnce: number): Promise<number> {
  // Their connections are open, as a proxy keeps them: Node.js takes in one new one a turn, which would make a queue of the crowd.
  await Promise.all(numbers(atOnce).map(() => stand.shop('GET', '/livez')));
  const begun = performance.now();
  const ends: number[] = [];
  await inParallel(carts, atOnce, async (cart) => {
    await bought(stand, cart);
    ends.push(performance.now() - begun);
  });
  const most = Math.ceil(carts.length * 0.95);
  const rate = most / ((ends[most - 1] ?? Infinity) / 1_000);
  console.log(`${carts.length} carts, ${atOnce} at once: ${rate.toFixed(1)} orders/s; ${counts.shed} refusals so far`);
  return rate;
}

/** Asks until the checkout is more than refused for now. */
async function bought({ shop, wrong: faults }: Stand, { id, total, shopper: { token } }: ReadyCart): Promise<void> {
  const checkout = { token, body: { paymentMethod: 'pm_card_visa', expectedTotal: total }, headers: { 'idempotency-key': randomUUID() } };
  for (let tries = 1; ; tries += 1) {
    const answer = await shop('POST', `/v1/carts/${id}/checkout`, checkout).catch((error: Error) => error);
    if (answer instanceof Error) return void faults.push(`a checkout was not answered: ${answer.message}`);
    if (answer.status === 201) return;
    if (answer.status !== 503) return void faults.push(`a checkout was answered ${answer.status} ${answer.text.slice(0, 200)}`);
    counts.shed += 1;
    const pauseMs = waitMs(answer);
    if (tries === mostTries) return void faults.push(`a checkout was refused ${mostTries} times: ${answer.text.slice(0, 200)}`);
    await sleep(pauseMs);
  }
}

function waitMs({ headers }: Answer): number {
  const seconds = Number(headers['retry-after']);
  if (!(seconds > 0)) counts.withoutRetryAfter += 1;
  return (seconds || 1) * 1_000 + Math.random() * 1_000;
}
