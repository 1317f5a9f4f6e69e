import { randomUUID } from 'node:crypto';
import type { Answer } from '../client/http.js';
import { untilFinal } from '../client/insist.js';
import { type ReadyCart, readyCart } from '../client/ready-cart.js';
import { guest } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';

/**
 * `npm run double-clicks -- [--pairs 1000] [--crowds 200] [--keys 200] [-- options of npm start]`: carts checked out twice at once by one key, 20 times at once
 * by one key, and at once by 5 keys. Every cart becomes one order, charged once; whoever asks again by the key gets the same bytes.
 */
const { values, startOptions } = commandLineOfStart({ pairs: 1000, crowds: 200, keys: 200 });
const { pairs, crowds, keys } = values;
const counts = { requests: 0, replays: 0 };

const wrong = await onSystem(startOptions, async (stand) => {
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000);
  const cart = async (): Promise<ReadyCart> => readyCart(await guest(stand.shop), [{ variantId, quantity: 1 }]);
  await inParallel(numbers(pairs), 16, async () => oneKey(stand, await cart(), 2));
  console.log(`${pairs} double clicks`);
  await inParallel(numbers(crowds), 4, async () => oneKey(stand, await cart(), 20));
  console.log(`${crowds} × 20 clicks by one key`);
  await inParallel(numbers(keys), 8, async () => manyKeys(stand, await cart()));
  console.log(`${keys} carts by 5 keys each`);
  const { onHand, reserved } = await stockOf(stand.clerk, variantId);
  const sold = pairs + crowds + keys;
  if (onHand !== 1_000_000 - sold || reserved !== 0)
    stand.wrong.push(`${sold} carts took ${1_000_000 - onHand} units, ${reserved} are reserved`);
});
conclude(
  `${pairs} double clicks, ${crowds} × 20 by one key, ${keys} carts by 5 keys (${counts.requests} requests): one order and one charge per cart, ${counts.replays} replays byte for byte; ${wrong.length} wrong`,
  wrong,
);

/** So many clicks at once by one key; then once more, and once by the key with another body. */
async function oneKey(stand: Stand, cart: ReadyCart, clicks: number): Promise<void> {
  const key = randomUUID();
  const answers = await Promise.all(numbers(clicks).map(() => click(cart, key)));
  const again = await click(cart, key);
  const [first] = answers;
  counts.replays += clicks;
  if (first?.status !== 201) stand.wrong.push(`${cart.id} was answered ${first?.status} ${first?.text}`);
  for (const answer of [...answers, again])
    if (answer.status !== first?.status || answer.text !== first.text)
      stand.wrong.push(`${cart.id}: one key got ${first?.status} ${first?.text} and ${answer.status} ${answer.text}`);
  const other = await cart.checkout({ key, paymentMethod: 'pm_card_declined' });
  if (other.body.code !== 'idempotency-key-reused')
    stand.wrong.push(`${cart.id}: the key with another body was answered ${other.status} ${other.text}`);
  await oneOrder(stand, cart, first);
}

/** Five keys at once: one of them buys the cart, the others are told that it is sold. */
async function manyKeys(stand: Stand, cart: ReadyCart): Promise<void> {
  const answers = await Promise.all(numbers(5).map(() => click(cart, randomUUID())));
  const bought = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status, body }) => status === 409 && body.code === 'cart-already-ordered');
  if (bought.length !== 1 || refused.length !== 4)
    stand.wrong.push(`${cart.id} by 5 keys: ${answers.map(({ status, body }) => `${status} ${body?.code ?? body?.id}`).join(', ')}`);
  await oneOrder(stand, cart, bought[0]);
}

function click(cart: ReadyCart, key: string): Promise<Answer> {
  return untilFinal(`the checkout of ${cart.id}`, () => {
    counts.requests += 1;
    return cart.checkout({ key });
  });
}

async function oneOrder({ outside, wrong: found }: Stand, { id, shopper, total }: ReadyCart, answer: Answer | undefined): Promise<void> {
  const orders = (await shopper.ask('GET', '/v1/orders')).body.data as readonly { id: string }[];
  const charges = answer ? await outside.charges(answer.body.id) : [];
  const isRight =
    orders.length === 1 &&
    orders[0]?.id === answer?.body.id &&
    charges.length === 1 &&
    charges[0]?.status === 'captured' &&
    charges[0].amount.amount === total.amount;
  if (!isRight) found.push(`${id}: ${orders.length} orders, ${charges.length} charges`);
}
