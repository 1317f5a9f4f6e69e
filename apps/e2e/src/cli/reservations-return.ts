import { randomUUID } from 'node:crypto';
import { auditOf } from '../chaos/verify.js';
import type { Answer } from '../client/http.js';
import { untilFinal } from '../client/insist.js';
import { type ReadyCart, readyCart } from '../client/ready-cart.js';
import { expecting, guest, staff } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { until } from '../client/until.js';
import { hallOfItsOwn, productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { outageOf } from '../system/outage.js';

/**
 * `npm run reservations-return -- [--checkouts 500] [--at-once 50] [-- options of npm start]`: the order service is killed while it holds reservations, and stays away for longer than they last
 * (5 s here): all stock is back 5 s later. In every other round somebody else takes it meanwhile. When order is back, the shoppers, who have paid, get what there is anew; the others get
 * their money back. Nothing is oversold. A seat, too, is held no longer than that while its buyer is at the bank: another buys it, and the first, who pays after all, gets the money back.
 */
const { values, startOptions } = commandLineOfStart({ checkouts: 500, 'at-once': 50 });
const { checkouts, 'at-once': atOnce } = values;
const ttlSeconds = 5;
process.env['ORDER_RESERVATION_SECONDS'] = String(ttlSeconds);
const returned: number[] = [];
const counts = { confirmed: 0, refunded: 0, seatFreeMs: Infinity };

const wrong = await onSystem(['--split', ...startOptions], async (stand) => {
  for (let round = 0; round * atOnce < checkouts; round += 1) await abandoned(stand, round % 2 === 1);
  await seatHeldTooLong(stand);
  const clerk = await staff(stand.shop);
  await until('the audit to find nothing', async () => (await auditOf(clerk)).length === 0, 60_000).catch(
    async () => void stand.wrong.push(...(await auditOf(clerk))),
  );
});
conclude(
  `${checkouts} checkouts killed after they had reserved for ${ttlSeconds} s: all stock back ${(Math.max(...returned) / 1_000).toFixed(1)} s after the last reservation at most (aim ${ttlSeconds + 5}); ` +
    `when order was back ${counts.confirmed} were confirmed, ${counts.refunded} whose stock somebody else had taken got their money back; ` +
    `a seat that was held was free after ${(counts.seatFreeMs / 1_000).toFixed(1)} s, and another's; ${wrong.length} wrong`,
  wrong,
);

/** `isTaken`: what comes back is taken by somebody else before order is there again. */
async function abandoned(stand: Stand, isTaken: boolean): Promise<void> {
  const { clerk, system, wrong: found } = stand;
  const { variantId } = await productOfItsOwn(clerk, atOnce);
  const carts = await Promise.all(numbers(atOnce).map(async () => readyCart(await guest(stand.shop), [{ variantId, quantity: 1 }])));
  const level = () => stockOf(clerk, variantId);
  const buying = Promise.all(
    carts.map((cart) => {
      const key = randomUUID();
      return untilFinal(cart.id, () => cart.checkout({ key, paymentMethod: 'pm_card_slow' }));
    }),
  );
  buying.catch(() => undefined); // told where it is waited for
  await until('all to have reserved', async () => (await level()).reserved === atOnce);
  const reserved = performance.now();
  const outage = await outageOf(system, 'order');
  await until('all stock to be back', async () => (await level()).reserved === 0, 30_000);
  returned.push(performance.now() - reserved);
  if (returned.at(-1)! > (ttlSeconds + 5) * 1_000) found.push(`the stock was back after ${Math.round(returned.at(-1)!)} ms`);
  if (isTaken)
    expecting(201, await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, quantity: -atOnce, reason: 'sold elsewhere' }));
  outage.end();
  const answers = await buying;
  for (const [index, answer] of answers.entries()) await judge(stand, { cart: carts[index]!, answer, isTaken });
  await until('nothing to be reserved', async () => (await level()).reserved === 0).catch(() => found.push('something stays reserved'));
  const { onHand } = await level();
  if (onHand !== 0) found.push(`${onHand} units are left of ${atOnce}`);
  console.log(
    `${atOnce} reservations back after ${Math.round(returned.at(-1)!)} ms; then ${isTaken ? 'the stock was gone' : 'it was still there'}`,
  );
}

/** A buyer goes to the bank with the only seat of a hall and stays there for longer than it is held. */
async function seatHeldTooLong({ shop, clerk, sandbox, outside, wrong: found }: Stand): Promise<void> {
  const { id, variantId } = await hallOfItsOwn(clerk, ['A1']);
  const seat = async (): Promise<string> => (await shop('GET', `/v1/products/${id}/seats`)).body.data[0].status;
  const buyer = async (): Promise<ReadyCart> => readyCart(await guest(shop), [{ variantId, quantity: 1, seats: ['A1'] }]);
  const [first, second] = [await buyer(), await buyer()];
  const held = expecting(202, await first.checkout({ paymentMethod: 'pm_card_3ds' })).body;
  const begun = performance.now();
  if ((await seat()) !== 'held') found.push(`a seat whose buyer is at the bank is ${await seat()}`);
  await until('the seat to be free', async () => (await seat()) === 'free', 30_000);
  counts.seatFreeMs = performance.now() - begun;
  // Two seconds after it was placed the order is looked at, and holds its seat for as long once more.
  if (counts.seatFreeMs > (2 + ttlSeconds + 5) * 1_000) found.push(`a seat was free only after ${Math.round(counts.seatFreeMs)} ms`);
  expecting(201, await second.checkout());
  await sandbox('POST', new URL(held.nextAction.url).pathname, { body: { outcome: 'approve' } });
  const order = async (): Promise<string> => (await first.shopper.order(held.id)).status;
  const isRight = async (): Promise<boolean> =>
    (await order()) === 'cancelled' && (await keptBy(outside, held.id)) === 0 && (await seat()) === 'sold';
  if (!(await until('the first buyer to have the money back', isRight, 60_000).catch(() => false)))
    found.push(`${held.id} is ${await order()}, the bank kept ${await keptBy(outside, held.id)}, the seat of another is ${await seat()}`);
}

/** What the bank has of an order's money, in the currency's smallest unit. */
async function keptBy(outside: Stand['outside'], orderId: string): Promise<number> {
  const [charges, refunds] = await Promise.all([outside.charges(orderId), outside.refunds(orderId)]);
  const captured = charges
    .filter(({ status }) => ['captured', 'refunded', 'partially-refunded'].includes(status))
    .reduce((sum, { amount }) => sum + amount.amount, 0);
  return captured - refunds.reduce((sum, { amount }) => sum + amount.amount, 0);
}

async function judge(
  { outside, wrong: found }: Stand,
  { cart, answer, isTaken }: { cart: ReadyCart; answer: Answer; isTaken: boolean },
): Promise<void> {
  const [order] = (await cart.shopper.ask('GET', '/v1/orders')).body.data as readonly { id: string; status: string }[];
  const kept = (): Promise<number> => (order ? keptBy(outside, order.id) : Promise.resolve(0));
  const wanted = isTaken ? 0 : cart.total.amount;
  const isSettled = await until('the money to be where it belongs', async () => (await kept()) === wanted, 30_000).catch(() => false);
  const isRight = isTaken ? answer.status !== 201 && order?.status !== 'confirmed' : answer.status === 201 && order?.status === 'confirmed';
  if (!isRight || !isSettled)
    found.push(
      `${order?.id} is ${order?.status}, was answered ${answer.status} ${answer.body?.code ?? ''}, the bank kept ${await kept()}, wants ${wanted}`,
    );
  else counts[isTaken ? 'refunded' : 'confirmed'] += 1;
}
