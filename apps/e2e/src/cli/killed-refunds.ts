import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { http } from '../client/http.js';
import { insist } from '../client/insist.js';
import { newCustomer, type Shopper, staff } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { until } from '../client/until.js';
import { productOfItsOwn, world } from '../client/world.js';
import { conclude } from '../system/conclude.js';
import { launch } from '../system/launch.js';

/**
 * `npm run killed-refunds -- [--orders 24] [--kills 8] [-- options of npm start]`: orders are refunded by line, by amount and whole, and challenges
 * approved or failed, while order, payment, inventory and the bank are killed in turn. Then every order is refunded to the cent, once, told
 * three times, and all stock is back; every challenge has its end.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { orders: { type: 'string', default: '24' }, kills: { type: 'string', default: '8' } },
});
type Bought = { readonly shopper: Shopper; readonly order: any };

const dataDir = mkdtempSync(join(tmpdir(), 'tandem-killed-refunds-'));
const system = await launch(dataDir, ['--split', '--no-seed', ...positionals]);
const [shop, sandbox] = [http(system.storefrontUrl), http(system.sandboxUrl)];
const outside = world(sandbox);
const wrong: string[] = [];
try {
  const clerk = await staff(shop);
  const { variantId } = await productOfItsOwn(clerk, 10_000, 3_333);
  const buy = async (paymentMethod: string, quantity: number): Promise<Bought> => {
    const shopper = await newCustomer(shop);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, quantity);
    return { shopper, order: (await shopper.checkout(cartId, { email: shopper.email, paymentMethod })).body };
  };
  const orders = await Promise.all(Array.from({ length: Number(values.orders) }, () => buy('pm_card_visa', 3)));
  const challenged = await Promise.all(Array.from({ length: 10 }, () => buy('pm_card_3ds', 1)));
  await Promise.all([kill(Number(values.kills)), ...orders.map((bought) => refundAll(clerk, bought)), ...challenged.map(answer)]);
  for (const bought of orders) await judgeRefunded(bought);
  for (const [index, { shopper, order }] of challenged.entries())
    await settled(
      `${order.id} has its end`,
      async () => (await shopper.order(order.id)).status === (index % 2 === 0 ? 'confirmed' : 'cancelled'),
    );
  await settled('all stock is back', async () => (await stockOf(clerk, variantId)).onHand === 10_000 - challenged.length / 2);
} finally {
  await Promise.all([shop.close(), sandbox.close()]);
  await system.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
conclude(`${values.orders} orders refunded in three parts each, 10 challenges, ${values.kills} kills: ${wrong.length} wrong`, wrong);

async function kill(times: number): Promise<void> {
  const names = ['order', 'payment', 'inventory', 'sandbox'];
  for (let turn = 0; turn < times; turn += 1) {
    await sleep(700);
    const pid = system.pids().get(names[turn % names.length] ?? '');
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}

async function refundAll(clerk: Shopper, { order }: Bought): Promise<void> {
  for (const part of [{ lines: [{ lineId: order.lines[0].id, quantity: 1 }] }, { amount: { amount: 101, currency: 'EUR' } }, {}]) {
    const answered = await insist(shop, {
      path: `/v1/orders/${order.id}/refunds`,
      token: clerk.token,
      body: { reason: 'arrived broken', ...part },
    });
    if (answered.status !== 201) wrong.push(`${order.id}: a refund was answered ${answered.status} ${answered.text}`);
    await sleep(300 + Math.random() * 900);
  }
}

async function answer({ order }: Bought, index: number): Promise<void> {
  await sleep(index * 350);
  await insist(sandbox, { path: new URL(order.nextAction.url).pathname, body: { outcome: index % 2 === 0 ? 'approve' : 'fail' } });
}

async function judgeRefunded({ shopper, order }: Bought): Promise<void> {
  await settled(`${order.id} is refunded to the cent`, async () => {
    const returned = (await outside.refunds(order.id)).reduce((sum, { amount }) => sum + amount.amount, 0);
    return (await shopper.order(order.id)).status === 'refunded' && returned === order.total.amount;
  });
  await settled(`${order.id} tells of three refunds`, async () => {
    const types = (await shopper.events(order.id)).map(({ type }) => type);
    return ['order.refunded', 'payment.refunded'].every((type) => types.filter((each) => each === type).length === 3);
  });
}

async function settled(what: string, holds: () => Promise<boolean>): Promise<void> {
  await until(what, () => holds().catch(() => false), 45_000).catch(() => wrong.push(`it never came to hold that ${what}`));
}
