import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditOf } from '../chaos/verify.js';
import type { Answer, Http } from '../client/http.js';
import { http } from '../client/http.js';
import { untilFinal } from '../client/insist.js';
import { readyCart } from '../client/ready-cart.js';
import { guest, staff } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { durationsOf, slowerThan, upperBoundMs } from '../system/durations.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem } from '../system/on-system.js';
import { outageOf } from '../system/outage.js';

/**
 * `npm run postgres-away -- [--seconds 60] [--shoppers 8] [-- options of npm start]`: PostgreSQL is gone for so long while shoppers browse, fill carts and check out. They are told 503 with Retry-After,
 * within 1 s of the server's time, and nothing else that is not true; nothing is parked; 10 s after it is back everything works, and what was accepted is there once.
 */
const { values, startOptions } = commandLineOfStart({ seconds: 60, shoppers: 8 });
const { seconds, shoppers } = values;
const seen = new Map<string, number>();
const bought: string[] = [];
const figures = { refusalMs: 0, inHand: 0, healthyMs: 0 };

const wrong = await onSystem(startOptions, async ({ system, shop, clerk, outside, wrong: found }) => {
  const { variantId, slug } = await productOfItsOwn(clerk, 1_000_000);
  const patient = http(system.storefrontUrl, 60_000);
  const load = { isOver: false };
  const shopping = numbers(shoppers).map(async () => {
    const { token } = await guest(shop);
    while (!load.isOver) {
      await buy(patient, { token, variantId, slug, found });
      await sleep(20);
    }
  });
  await sleep(3_000);
  const outage = await outageOf(system, 'postgres');
  const cut = new Map(seen);
  await sleep(seconds * 1_000);
  console.log(`while it was away: ${shown(cut)}`);
  const back = performance.now();
  outage.end();
  await until('the shop to be ready', async () => (await shop('GET', '/readyz')).status === 200, 60_000);
  const cart = await untilReady(() => guest(shop).then((shopper) => readyCart(shopper, [{ variantId, quantity: 1 }])));
  const key = randomUUID();
  if ((await untilFinal(cart.id, () => cart.checkout({ key }))).status === 201) figures.healthyMs = performance.now() - back;
  if (figures.healthyMs === 0 || figures.healthyMs > 10_000)
    found.push(`a checkout was possible again after ${Math.round(figures.healthyMs)} ms`);
  load.isOver = true;
  await Promise.all(shopping);
  const all = await durationsOf(shop, 'status="503"');
  const checkouts = await durationsOf(shop, 'status="503"', 'route="/v1/carts/:cartId/checkout"');
  figures.inHand = slowerThan(checkouts, 1);
  figures.refusalMs = upperBoundMs(all, 1 - figures.inHand / Math.max(1, all.get(Infinity) ?? 0));
  // Whoever may have paid already is not sent away at once: a checkout in hand waits some seconds for stock and order to come back.
  if (slowerThan(all, 1) > figures.inHand || figures.inHand > shoppers)
    found.push(`${slowerThan(all, 1)} answers 503 took more than 1 s of the server's time, ${figures.inHand} of them checkouts`);
  const again = await staff(shop);
  const parked = (await again.ask('GET', '/ops/v1/dead-letters')).body.data as readonly { class: string; reason: string }[];
  for (const { class: kind, reason } of parked) found.push(`parked: ${kind} ${reason}`);
  for (const orderId of bought) {
    const charges = await outside.charges(orderId);
    if (charges.length !== 1) found.push(`${orderId} was accepted and charged ${charges.length} times`);
  }
  await until('the audit to find nothing', async () => (await auditOf(again)).length === 0, 60_000).catch(
    async () => void found.push(...(await auditOf(again))),
  );
  await patient.close();
});
conclude(
  `PostgreSQL away for ${seconds} s under ${shoppers} shoppers: every 503 within ${figures.refusalMs} ms of the server's time (aim 1000), but for ${figures.inHand} checkouts in hand, 0 × 500, nothing parked, a checkout ${(figures.healthyMs / 1_000).toFixed(1)} s after (aim 10), ${bought.length} orders charged once; ${wrong.length} wrong`,
  wrong,
);

type Buying = { readonly token: string; readonly variantId: string; readonly slug: string; readonly found: string[] };

/** A look, a cart, a line, a checkout. Whoever is told to come back starts anew. */
async function buy(shop: Http, { token, variantId, slug, found }: Buying): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown, key?: string): Promise<Answer | undefined> => {
    const answer = await shop(method, path, {
      token,
      ...(body === undefined ? {} : { body }),
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    }).catch((error: Error) => error);
    const kind = answer instanceof Error ? answer.message : `${answer.status}${answer.status >= 400 ? ` ${answer.body?.code}` : ''}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    if (answer instanceof Error) return void found.push(`${method} ${path} was not answered: ${answer.message}`);
    if (answer.status === 503 && answer.headers['retry-after'] !== undefined) return undefined;
    if (answer.status >= 400) return void found.push(`${method} ${path} was answered ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  };
  await ask('GET', `/v1/products/${slug}`);
  const cart = await ask('POST', '/v1/carts', { currency: 'EUR' });
  if (!cart || !(await ask('POST', `/v1/carts/${cart.body.id}/lines`, { variantId, quantity: 1 }))) return;
  const delivery = {
    email: 'ada@tandem.example',
    shippingAddress: { name: 'Ada Lovelace', line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    shippingOptionId: 'standard',
  };
  const total = await ask('PATCH', `/v1/carts/${cart.body.id}`, delivery);
  const order =
    total &&
    (await ask(
      'POST',
      `/v1/carts/${cart.body.id}/checkout`,
      { paymentMethod: 'pm_card_visa', expectedTotal: total.body.total, ...delivery },
      randomUUID(),
    ));
  if (order) bought.push(order.body.id);
}

async function untilReady<T>(work: () => Promise<T>): Promise<T> {
  return until('a cart', () => work().catch(() => undefined), 60_000);
}

function shown(before: ReadonlyMap<string, number>): string {
  return [...seen].map(([kind, count]) => `${count - (before.get(kind) ?? 0)} × ${kind}`).join(', ');
}
