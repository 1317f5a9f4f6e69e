import { pick, randomFrom } from '@tandem/kernel/testing';
import { auditOf } from '../chaos/verify.js';
import { settled } from '../client/settled.js';
import { guest, type Shopper, staff } from '../client/shopper.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';

/**
 * `npm run sick-bank -- [--orders 200] [--seed 1] [-- options of npm start]`: orders at a bank that times out after 30 % of its charges, fails 10 %
 * with 500, tells of 10 % twice or before it answers, and never charges 5 %. Then every charge has its order, every order one charge, and none
 * is unknown for longer than 120 s; the auditor finds nothing. The bank is waited for 0.5 s.
 */
const { values, startOptions } = commandLineOfStart({ orders: 200, seed: 1 });
const cards = [
  ...Array<string>(30).fill('pm_card_timeout_charged'),
  ...Array<string>(10).fill('pm_card_error_500'),
  ...Array<string>(5).fill('pm_card_duplicate_webhook'),
  ...Array<string>(5).fill('pm_card_webhook_first'),
  ...Array<string>(5).fill('pm_card_timeout_uncharged'),
  ...Array<string>(45).fill('pm_card_visa'),
];
const atOnce = 16;

type Bought = {
  readonly shopper: Shopper;
  readonly id: string;
  readonly card: string;
  readonly begun: number;
  status: string;
  endedMs: number;
};
const random = randomFrom(values.seed);
const plan = numbers(values.orders).map(() => pick(cards, random));
process.env['BANK_TIMEOUT_MS'] ??= '500';
const bought: Bought[] = [];

const wrong = await onSystem(startOptions, async (stand) => {
  const { variantId } = await productOfItsOwn(stand.clerk, 100_000);
  /** Every order is followed from its checkout on: an early one has ended, or its token is no longer good, when the last is bought. */
  const endings: Promise<void>[] = [];
  await inParallel(plan, atOnce, async (card) => {
    const order = await buy(stand, card, variantId);
    if (order) endings.push(ended(stand, order));
  });
  await Promise.all(endings);
  await judge(stand);
  const clerk = await staff(stand.shop); // the first token has run out
  stand.wrong.push(...(await settled(() => auditOf(clerk), 60_000)).map((violation) => `the audit says ${violation}`));
});
const of = (status: string): number => bought.filter((order) => order.status === status).length;
conclude(
  `seed ${values.seed}: ${bought.length} orders, ${of('confirmed')} confirmed, ${of('cancelled')} cancelled, the longest open ${Math.round(Math.max(...bought.map(({ endedMs }) => endedMs)) / 1_000)} s, ${wrong.length} wrong`,
  wrong,
);

async function buy({ shop, wrong: found }: Stand, card: string, variantId: string): Promise<Bought | undefined> {
  const shopper = await guest(shop);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 1);
  const begun = Date.now();
  const { status, body } = await shopper.checkout(cartId, { paymentMethod: card });
  if (status !== 201 && status !== 202) {
    found.push(`${card} was answered ${status} ${body.code}`);
    return undefined;
  }
  const order = { shopper, id: body.id, card, begun, status: body.status, endedMs: Date.now() - begun };
  bought.push(order);
  return order;
}

/** Waits until the order has ended, 130 s at most. */
async function ended({ wrong: found }: Stand, order: Bought): Promise<void> {
  while (!['confirmed', 'cancelled'].includes(order.status) && Date.now() - order.begun < 130_000) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    order.status = (await order.shopper.order(order.id)).status;
    order.endedMs = Date.now() - order.begun;
  }
  if (order.endedMs > 120_000) found.push(`${order.id} (${order.card}) was open for ${order.endedMs} ms and is ${order.status}`);
}

async function judge({ sandbox, wrong: found }: Stand): Promise<void> {
  const captured = new Map<string, number>();
  for (let cursor = ''; ;) {
    const { data, nextCursor } = (await sandbox('GET', `/bank/charges?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`)).body;
    for (const { orderId, status } of data) if (status === 'captured') captured.set(orderId, (captured.get(orderId) ?? 0) + 1);
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  for (const { id, card, status } of bought) {
    const charges = captured.get(id) ?? 0;
    if (charges !== (status === 'confirmed' ? 1 : 0)) found.push(`${id} (${card}) is ${status} with ${charges} charges`);
    captured.delete(id);
  }
  for (const id of captured.keys()) found.push(`${id} was charged and is no order`);
}
