import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '@tandem/kernel/testing';
import { auditOf } from '../chaos/verify.js';
import type { Answer } from '../client/http.js';
import { untilFinal } from '../client/insist.js';
import { readyCart } from '../client/ready-cart.js';
import { guest } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { type Outage, outageOf, pidOf } from '../system/outage.js';
import { environmentOf } from '../system/processes.js';

/**
 * `npm run upgrades -- [--checkouts 50] [--seed 1] [-- options of npm start]`: checkouts are under way, waiting for a slow bank, when the order process that runs them is killed and one of
 * another version goes on with them: one whose saga has a step more, a step less, or two swapped; from there to today's version, and back (a roll-back). None is stuck, none is paid
 * without an order, none is charged twice. (`apps/order/src/spec-earlier-order.ts` is the other version.)
 */
const { values, startOptions } = commandLineOfStart({ checkouts: 50, seed: 1 });
const { checkouts } = values;
const random = randomFrom(values.seed);
const script = fileURLToPath(new URL('../../../order/dist/spec-earlier-order.js', import.meta.url));
const parts = ['order', 'order-2'];
const counts = { underWay: 0, takenOver: 0, confirmed: 0, stuck: 0, withoutOrder: 0 };
const changes = ['added', 'removed', 'swapped'] as const;

const wrong = await onSystem(['--replicas', 'order=2', ...startOptions], async (stand) => {
  for (const change of changes) for (const way of ['up', 'back'] as const) await across(stand, change, way);
  await until('the audit to find nothing', async () => (await auditOf(stand.clerk)).length === 0, 30_000).catch(
    async () => void stand.wrong.push(...(await auditOf(stand.clerk))),
  );
});
conclude(
  `${counts.underWay} checkouts under way when the version changed (a step ${changes.join(', ')}; up and back): ${counts.takenOver} gone on with by the other version, ${counts.confirmed} confirmed, ` +
    `${counts.stuck} stuck, ${counts.withoutOrder} paid without an order; ${wrong.length} wrong`,
  wrong,
);

/** Half of the rounds change the version when all are under way, the others while more come in. */
async function across(stand: Stand, change: string, way: 'up' | 'back'): Promise<void> {
  const { system, clerk, wrong: found } = stand;
  const { variantId } = await productOfItsOwn(clerk, checkouts);
  const carts = await Promise.all(numbers(checkouts).map(async () => readyCart(await guest(stand.shop), [{ variantId, quantity: 1 }])));
  const environment = environmentOf(pidOf(system, 'order'));
  const stop = async (): Promise<() => void> => {
    const outages: Outage[] = [];
    for (const part of parts) outages.push(await outageOf(system, part));
    return () => outages.forEach((outage) => outage.end());
  };
  const earlier = (): Promise<ChildProcess> => launched(stand, change, environment);
  const resume = way === 'up' ? await stop() : undefined;
  const before = resume && (await earlier());
  const buying = Promise.all(
    carts.map((cart) => {
      const key = randomUUID();
      return untilFinal(cart.id, () => cart.checkout({ key, paymentMethod: 'pm_card_slow' }));
    }),
  );
  buying.catch(() => undefined); // told where it is waited for
  const enough = random() < 0.5 ? checkouts : 1 + Math.floor(random() * (checkouts - 1));
  await until(`${enough} to be under way`, async () => (await pendingOf(stand)).length >= enough);
  const underWay = await pendingOf(stand);
  counts.underWay += underWay.length;
  if (before) await killed(before);
  resume?.();
  const resumeLater = way === 'back' ? await stop() : undefined;
  const after = resumeLater && (await earlier());
  await judge(stand, await buying, underWay);
  const { onHand, reserved } = await stockOf(clerk, variantId);
  if (onHand !== 0 || reserved !== 0) found.push(`${change}, ${way}: ${onHand} units on hand, ${reserved} reserved; all were sold`);
  if (after) await killed(after);
  resumeLater?.();
  await until('order to be as it was', async () => (await Promise.all(parts.map((part) => isReady(stand, part)))).every(Boolean), 60_000);
  console.log(
    `a step ${change}, ${way}: ${underWay.length} of ${checkouts} under way; so far ${counts.takenOver} taken over, ${counts.confirmed} confirmed, ${found.length} wrong`,
  );
}

/** Every checkout has one end: an order that is confirmed, charged once. */
async function judge({ clerk, outside, wrong: found }: Stand, answers: readonly Answer[], underWay: readonly string[]): Promise<void> {
  for (const { status, body } of answers) {
    const charges = status === 201 ? await outside.charges(body.id) : [];
    if (status === 201 && body.status === 'confirmed' && charges.length === 1) counts.confirmed += 1;
    else found.push(`a checkout was answered ${status} ${body?.code ?? body?.status ?? ''} with ${charges.length} charges`);
  }
  const open = await until('no saga to be open', async () => ((await sagasOf(clerk)).length === 0 ? [] : undefined), 15_000).catch(() =>
    sagasOf(clerk),
  );
  counts.stuck += open.length;
  for (const { orderId } of open) found.push(`${orderId} is stuck`);
  for (const orderId of underWay) {
    const [charges, { status }] = [
      await outside.charges(orderId),
      (await clerk.ask('GET', `/v1/orders/${orderId}`)).body as { status: string },
    ];
    if (
      charges.some((charge) => charge.status === 'captured') &&
      ['cancelled', 'pending', 'payment-unknown', 'requires-action'].includes(status)
    ) {
      counts.withoutOrder += 1;
      found.push(`${orderId} is ${status}, and paid`);
    }
    const { timeline } = (await clerk.ask('GET', `/ops/v1/sagas/${orderId}`)).body as { timeline: readonly { attempt: number }[] };
    if (timeline.some(({ attempt }) => attempt > 1)) counts.takenOver += 1;
    else found.push(`${orderId} was not gone on with by the other version`);
  }
}

type Saga = { readonly orderId: string; readonly kind: string; readonly owner: string | null; readonly orderStatus: string | null };

/** What is open; asked again while order is being changed. */
async function sagasOf(clerk: Stand['clerk']): Promise<readonly Saga[]> {
  return until(
    'the sagas to be told',
    async () => (await clerk.ask('GET', '/ops/v1/sagas?limit=100')).body?.data as readonly Saga[] | undefined,
  );
}

async function pendingOf({ clerk }: Stand): Promise<readonly string[]> {
  return (await sagasOf(clerk))
    .filter(({ owner, orderStatus }) => owner !== null && orderStatus === 'pending')
    .map(({ orderId }) => orderId);
}

/** The other version, in the place of the order process that had this environment. */
async function launched(stand: Stand, change: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--enable-source-maps', script, change], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await until('the other version to be ready', () => isReady(stand, 'order'), 60_000);
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await sleep(50); // its port is free
}

async function isReady({ dataDir }: Stand, part: string): Promise<boolean> {
  const { ports } = JSON.parse(readFileSync(join(dataDir, 'run/ports.json'), 'utf8')) as { ports: Record<string, number> };
  return (await fetch(`http://127.0.0.1:${ports[`${part}.http`]}/readyz`).catch(() => undefined))?.status === 200;
}
