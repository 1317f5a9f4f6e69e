import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../client/http.js';
import { address, guest } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { pidOf } from '../system/outage.js';
import { balancedStorefronts, portsOf } from '../system/storefronts.js';
import { restartsVerdict } from '../system/verdicts.js';

/**
 * `npm run rolling-restarts -- [--restarts 50] [--shoppers 4] [-- options of npm start]`: two replicas of every service that a checkout passes, the storefront first; one process after the other is told to end
 * (SIGTERM) and comes back while shoppers buy through a load balancer. No request fails: no 5xx but `overloaded`, no connection that was accepted is cut; orders are sold, and
 * hardly anybody is refused as `overloaded`.
 */
const { values, startOptions } = commandLineOfStart({ restarts: 50, shoppers: 4 });
const { restarts, shoppers } = values;
const services = ['storefront', 'order', 'cart', 'inventory', 'payment', 'catalog', 'customer', 'loyalty'];
const parts = services.flatMap((service) => [service, `${service}-2`]);
const counts = { requests: 0, orders: 0, shed: 0 };
const drains: number[] = [];
process.env['STOREFRONT_DRAIN_NOTICE_MS'] ??= '1000'; // for the system it starts: ten times as long as its balancer takes to notice

const found = await onSystem(['--replicas', services.map((service) => `${service}=2`).join(','), ...startOptions], async (system) => {
  const stand: Stand = { ...system, shop: balancedStorefronts(system.dataDir) };
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000);
  const load = { isOver: false };
  const shopping = numbers(shoppers).map(async () => {
    const { token } = await guest(stand.shop);
    while (!load.isOver) await buy(stand, token, variantId);
  });
  for (let turn = 0; turn < restarts; turn += 1) await restart(stand, parts[turn % parts.length] ?? '');
  load.isOver = true;
  await Promise.all(shopping);
  await stand.shop.close();
});
const { figure, wrong } = restartsVerdict({ ...counts, drains });
conclude(
  `${drains.length} restarts of ${Math.min(drains.length, parts.length)} of ${parts.length} processes, one after the other, under ${shoppers} shoppers: ${figure}; ${found.length} failed`,
  [...found, ...wrong],
);

/** Ends one process as a deployment does, and waits until its successor is ready. */
async function restart({ system, dataDir, wrong: faults }: Stand, part: string): Promise<void> {
  const pid = pidOf(system, part);
  const ports = portsOf(dataDir);
  const begun = performance.now();
  process.kill(pid, 'SIGTERM');
  await until(`the end of ${part}`, async () => system.pids().get(part) !== pid, 30_000);
  drains.push(performance.now() - begun);
  await until(
    `${part} to be ready`,
    async () => (await fetch(`http://127.0.0.1:${ports[`${part}.http`] ?? ports[part]}/readyz`).catch(() => undefined))?.status === 200,
    60_000,
  );
  console.log(`${part} drained in ${Math.round(drains.at(-1)!)} ms; ${counts.requests} requests so far, ${faults.length} failed`);
  await sleep(300);
}

/** A cart, a line, a checkout, a look at the order. */
async function buy(stand: Stand, token: string, variantId: string): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown, key?: string): Promise<Answer | undefined> => {
    counts.requests += 1;
    const answer = await stand
      .shop(method, path, {
        token,
        ...(body === undefined ? {} : { body }),
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      })
      .catch((error: Error) => error);
    if (answer instanceof Error) return void stand.wrong.push(`${method} ${path} was not answered: ${answer.message}`);
    if (answer.status < 400) return answer;
    if (answer.status === 503 && answer.body?.code === 'overloaded') counts.shed += 1;
    else stand.wrong.push(`${new Date().toISOString()} ${method} ${path} was answered ${answer.status} ${answer.text.slice(0, 300)}`);
    return undefined;
  };
  const cart = await ask('POST', '/v1/carts', { currency: 'EUR' });
  if (!cart || !(await ask('POST', `/v1/carts/${cart.body.id}/lines`, { variantId, quantity: 1 }))) return;
  const delivery = { email: 'ada@tandem.example', shippingAddress: address, shippingOptionId: 'standard' };
  const priced = await ask('PATCH', `/v1/carts/${cart.body.id}`, delivery);
  const order =
    priced &&
    (await ask(
      'POST',
      `/v1/carts/${cart.body.id}/checkout`,
      { paymentMethod: 'pm_card_visa', expectedTotal: priced.body.total, ...delivery },
      randomUUID(),
    ));
  if (order && (await ask('GET', `/v1/orders/${order.body.id}`))) counts.orders += 1;
}
