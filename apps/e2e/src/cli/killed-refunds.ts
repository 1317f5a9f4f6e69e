import { setTimeout as sleep } from 'node:timers/promises';
import { insist } from '../client/insist.js';
import { newCustomer, type Shopper } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { onSystem, type Stand } from '../system/on-system.js';

/**
 * `npm run killed-refunds -- [--orders 24] [--kills 8] [-- options of npm start]`: orders are refunded by line, by amount and whole, and challenges
 * approved or failed, while order, payment, inventory and the bank are killed in turn. Then every order is refunded to the cent, once, told
 * three times, and all stock is back; every challenge has its end.
 */
const { values, startOptions } = commandLineOfStart({ orders: 24, kills: 8 });
type Bought = { readonly shopper: Shopper; readonly order: any };

const wrong = await onSystem(['--split', ...startOptions], async (stand) => {
  const { shop, clerk } = stand;
  const { variantId } = await productOfItsOwn(clerk, 10_000, 3_333);
  const buy = async (paymentMethod: string, quantity: number): Promise<Bought> => {
    const shopper = await newCustomer(shop);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, quantity);
    return { shopper, order: (await shopper.checkout(cartId, { email: shopper.email, paymentMethod })).body };
  };
  const orders = await Promise.all(Array.from({ length: values.orders }, () => buy('pm_card_visa', 3)));
  const challenged = await Promise.all(Array.from({ length: 10 }, () => buy('pm_card_3ds', 1)));
  await Promise.all([
    kill(stand, values.kills),
    ...orders.map((bought) => refundAll(stand, bought)),
    ...challenged.map((bought, index) => answer(stand, bought, index)),
  ]);
  for (const bought of orders) await judgeRefunded(stand, bought);
  for (const [index, { shopper, order }] of challenged.entries())
    await settled(
      stand,
      `${order.id} has its end`,
      async () => (await shopper.order(order.id)).status === (index % 2 === 0 ? 'confirmed' : 'cancelled'),
    );
  await settled(stand, 'all stock is back', async () => (await stockOf(clerk, variantId)).onHand === 10_000 - challenged.length / 2);
});
conclude(`${values.orders} orders refunded in three parts each, 10 challenges, ${values.kills} kills: ${wrong.length} wrong`, wrong);

async function kill({ system }: Stand, times: number): Promise<void> {
  const names = ['order', 'payment', 'inventory', 'sandbox'];
  for (let turn = 0; turn < times; turn += 1) {
    await sleep(700);
    const pid = system.pids().get(names[turn % names.length] ?? '');
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}

async function refundAll({ shop, clerk, wrong: found }: Stand, { order }: Bought): Promise<void> {
  for (const part of [{ lines: [{ lineId: order.lines[0].id, quantity: 1 }] }, { amount: { amount: 101, currency: 'EUR' } }, {}]) {
    const answered = await insist(shop, {
      path: `/v1/orders/${order.id}/refunds`,
      token: clerk.token,
      body: { reason: 'arrived broken', ...part },
    });
    if (answered.status !== 201) found.push(`${order.id}: a refund was answered ${answered.status} ${answered.text}`);
    await sleep(300 + Math.random() * 900);
  }
}

async function answer({ sandbox }: Stand, { order }: Bought, index: number): Promise<void> {
  await sleep(index * 350);
  await insist(sandbox, { path: new URL(order.nextAction.url).pathname, body: { outcome: index % 2 === 0 ? 'approve' : 'fail' } });
}

async function judgeRefunded(stand: Stand, { shopper, order }: Bought): Promise<void> {
  await settled(stand, `${order.id} is refunded to the cent`, async () => {
    const returned = (await stand.outside.refunds(order.id)).reduce((sum, { amount }) => sum + amount.amount, 0);
    return (await shopper.order(order.id)).status === 'refunded' && returned === order.total.amount;
  });
  await settled(stand, `${order.id} tells of three refunds`, async () => {
    const types = (await shopper.events(order.id)).map(({ type }) => type);
    return ['order.refunded', 'payment.refunded'].every((type) => types.filter((each) => each === type).length === 3);
  });
}

async function settled({ wrong: found }: Stand, what: string, holds: () => Promise<boolean>): Promise<void> {
  await until(what, () => holds().catch(() => false), 45_000).catch(() => found.push(`it never came to hold that ${what}`));
}
