import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pick, randomFrom } from '@tandem/kernel/testing';
import type { Answer } from '../client/http.js';
import { untilFinal } from '../client/insist.js';
import { readyCart } from '../client/ready-cart.js';
import { expecting, guest } from '../client/shopper.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';

/**
 * `npm run price-changes -- [--changes 1000] [--coupons 20] [--seed 1] [-- options of npm start]`: prices change so often while shoppers check out at the total they saw; shoppers send
 * totals, quantities, currencies and prices of their own; more shoppers than a coupon has uses check out with it at once. Nobody pays anything but the shop's price
 * that they saw, and every limit holds.
 */
const { values, startOptions } = commandLineOfStart({ changes: 1000, coupons: 20, seed: 1 });
const { changes, coupons } = values;
const random = randomFrom(values.seed);
const counts = { sold: 0, refused: 0, tampered: 0 };
const coupon = { uses: 5, buyers: 15 };

const wrong = await onSystem(startOptions, async (stand) => {
  await changing(stand);
  console.log(`${changes} price changes: ${counts.sold} bought at the total they saw, ${counts.refused} × price-changed`);
  await tampering(stand);
  console.log(`${counts.tampered} requests with a price, total, quantity or currency of their own`);
  for (let round = 1; round <= coupons; round += 1) await couponRace(stand);
});
conclude(
  `seed ${values.seed}: ${changes} price changes, ${counts.sold} orders at the total that was seen, ${counts.refused} × price-changed; ${counts.tampered} tampered requests, 0 orders at a client's price; ` +
    `${coupons} coupons for ${coupon.uses} with ${coupon.buyers} buyers each; ${wrong.length} wrong`,
  wrong,
);

/** On each of 8 products one shopper after the other checks out in the moment in which its price changes. */
async function changing(stand: Stand): Promise<void> {
  await inParallel(numbers(8), 8, async (lane) => {
    const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000, 1_000);
    for (let turn = lane; turn < changes; turn += 8) {
      const cart = await readyCart(await guest(stand.shop), [{ variantId, quantity: 1 + (turn % 3) }]);
      const key = randomUUID();
      const change = async (): Promise<Answer> =>
        stand.clerk.ask('PUT', `/admin/v1/variants/${variantId}/price`, { amount: 1_000 + ((turn * 7) % 500), currency: 'EUR' });
      const [set, answer] = await Promise.all([
        sleep(random() * 20).then(change),
        sleep(random() * 20).then(() => untilFinal(cart.id, () => cart.checkout({ key }))),
      ]);
      expecting(200, set);
      await judge(stand, answer, cart.total.amount);
    }
  });
  if (counts.sold === 0 || counts.refused === 0)
    stand.wrong.push(`${counts.sold} sold and ${counts.refused} refused: the changes came too early or too late to show anything`);
}

/** Either the order, the charge and what was seen agree, or the shopper is told both totals. */
async function judge({ outside, wrong: found }: Stand, { status, body }: Answer, seen: number): Promise<void> {
  if (status === 201) {
    counts.sold += 1;
    const charged = (await outside.charges(body.id)).map(({ amount }) => amount.amount);
    if (body.total.amount !== seen || charged.length !== 1 || charged[0] !== seen)
      found.push(`${body.id}: ${seen} was seen, ${body.total.amount} is the total, ${charged} was charged`);
    return;
  }
  counts.refused += 1;
  const isTold =
    status === 409 &&
    body.code === 'price-changed' &&
    body.expectedTotal?.amount === seen &&
    body.currentTotal?.amount > 0 &&
    body.currentTotal.amount !== seen;
  if (!isTold) found.push(`seen ${seen}, answered ${status} ${JSON.stringify(body)}`);
}

/** Requests that no honest client sends, and what each must be refused with. */
async function tampering(stand: Stand): Promise<void> {
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000, 1_000);
  const shopper = await guest(stand.shop);
  const empty = await shopper.newCart();
  const add = (line: object) => shopper.ask('POST', `/v1/carts/${empty}/lines`, { variantId, ...line });
  for (const quantity of [0, -1, -999, 1.5, 1e9, 2 ** 53, '1', null, [1], true])
    refused(stand, await add({ quantity }), `quantity ${JSON.stringify(quantity)}`);
  for (const extra of [
    { price: 1 },
    { price: { amount: 1, currency: 'EUR' } },
    { unitPrice: 1 },
    { total: { amount: 1, currency: 'EUR' } },
    { discount: 999 },
  ])
    refused(stand, await add({ quantity: 1, ...extra }), JSON.stringify(extra));
  const cart = await readyCart(await guest(stand.shop), [{ variantId, quantity: 2 }]);
  const { amount } = cart.total;
  const amounts = [
    0,
    1,
    -amount,
    amount - 1,
    amount + 1,
    amount / 10,
    amount * 10,
    1e18,
    ...numbers(20).map(() => Math.floor(random() * 1e6)),
  ].filter((each) => each !== amount);
  for (const each of amounts)
    refused(stand, await cart.checkout({ expectedTotal: { amount: each, currency: 'EUR' } }), `a total of ${each}`);
  for (const currency of ['USD', 'JPY', 'BHD', 'XXX', 'eur', ''])
    refused(stand, await cart.checkout({ expectedTotal: { amount, currency } }), `a total in ${JSON.stringify(currency)}`);
  const orders = [
    ...(await shopper.ask('GET', '/v1/orders')).body.data,
    ...(await cart.shopper.ask('GET', '/v1/orders')).body.data,
  ] as readonly { status: string }[];
  const paid = orders.filter(({ status }) => status !== 'cancelled');
  if (paid.length > 0) stand.wrong.push(`tampering led to ${JSON.stringify(paid)}`);
  expecting(201, await cart.checkout());
}

function refused({ wrong: found }: Stand, { status, body, text }: Answer, what: string): void {
  counts.tampered += 1;
  if (![400, 409, 422].includes(status)) found.push(`${what} was answered ${status} ${text.slice(0, 200)}`);
  if (status === 409 && !['price-changed', 'out-of-stock', 'idempotency-key-reused'].includes(body.code))
    found.push(`${what} was answered ${body.code}`);
}

/** A coupon that is good for some of those who want it. */
async function couponRace({ clerk, shop, wrong: found }: Stand): Promise<void> {
  const code = `RACE${pick([...'ABCDEFGH'], random)}${randomUUID().slice(0, 8).toUpperCase()}`;
  expecting(
    201,
    await clerk.ask('POST', '/admin/v1/promotions', {
      code,
      title: 'For some',
      effect: { kind: 'percentage', basisPoints: 5_000 },
      usageLimit: coupon.uses,
    }),
  );
  const { variantId } = await productOfItsOwn(clerk, 1_000, 2_000);
  const carts = await Promise.all(numbers(coupon.buyers).map(async () => readyCart(await guest(shop), [{ variantId, quantity: 1 }], code)));
  const answers = await Promise.all(
    carts.map((cart) => {
      const key = randomUUID();
      return untilFinal(cart.id, () => cart.checkout({ key }));
    }),
  );
  const bought = answers.filter(({ status }) => status === 201);
  const others = answers.filter(({ status, body }) => status !== 201 && !['promotion-not-valid', 'price-changed'].includes(body.code));
  const { used } = (await clerk.ask('GET', `/admin/v1/promotions/${code}`)).body;
  if (bought.length !== coupon.uses || used !== coupon.uses || others.length > 0)
    found.push(
      `${code} for ${coupon.uses}: ${bought.length} orders, ${used} uses, ${others.map(({ status, body }) => `${status} ${body.code}`)}`,
    );
}
