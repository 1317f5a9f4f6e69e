import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pick, randomFrom } from '@tandem/kernel/testing';
import { untilFinal } from '../client/insist.js';
import { readyCart } from '../client/ready-cart.js';
import { expecting, guest, type Shopper } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem } from '../system/on-system.js';

/**
 * `npm run multi-line -- [--carts 2000] [--seed 1] [-- options of npm start]`: random carts of 1 to 5 lines, in any order, on 8 products that lie at three locations and are about to sell out,
 * over two replicas of order and inventory. A cart gets all of its lines or none, nobody waits for anybody in a circle, and the stock adds up.
 */
const { values, startOptions } = commandLineOfStart({ carts: 2000, seed: 1 });

const random = randomFrom(values.seed);
const products = 8;
/** A cart takes 6 units on average; there are about half as many as are wanted. */
const stockOfEach = Math.ceil((values.carts * 6) / products / 2);
type Wanted = readonly { readonly product: number; readonly quantity: number }[];
const plan: readonly Wanted[] = numbers(values.carts).map(() =>
  [...new Set(numbers(pick([1, 2, 3, 4, 5], random)).map(() => Math.floor(random() * products)))].map((product) => ({
    product,
    quantity: pick([1, 2, 3], random),
  })),
);
const counts = { sold: 0, refused: 0 };

const wrong = await onSystem(['--replicas', 'order=2,inventory=2', ...startOptions], async ({ shop, clerk, dataDir, wrong: found }) => {
  const variants = await spreadOut(clerk);
  const sold = numbers(products).map(() => 0);
  const carts = await inParallel(plan, 16, async (wanted) => ({
    wanted,
    cart: await readyCart(
      await guest(shop),
      wanted.map(({ product, quantity }) => ({ variantId: variants[product] ?? '', quantity })),
    ),
  }));
  console.log(`${carts.length} carts are ready`);
  await inParallel(carts, 32, async ({ wanted, cart }) => {
    const key = randomUUID();
    const { status, body } = await untilFinal(`the checkout of ${cart.id}`, () => cart.checkout({ key }));
    if (status === 201) {
      counts.sold += 1;
      for (const { product, quantity } of wanted) sold[product] = (sold[product] ?? 0) + quantity;
      if (body.lines.length !== wanted.length) found.push(`${cart.id} wanted ${wanted.length} lines and got ${body.lines.length}`);
    } else if (status === 409 && body.code === 'out-of-stock') counts.refused += 1;
    else found.push(`${cart.id} was answered ${status} ${body?.code}`);
  });
  for (const [product, variantId] of variants.entries()) {
    const { onHand, reserved, locations } = await stockOf(clerk, variantId);
    if (locations.length !== 3 || locations.some((location) => location.onHand < 0 || location.reserved !== 0))
      found.push(`product ${product} lies at ${JSON.stringify(locations)}`);
    if (onHand !== stockOfEach - (sold[product] ?? 0) || onHand < 0 || reserved !== 0)
      found.push(`product ${product}: ${onHand} on hand and ${reserved} reserved of ${stockOfEach}, ${sold[product]} sold`);
  }
  if (counts.refused === 0) found.push('nothing sold out: nothing was shown');
  const deadlocks = deadlocksIn(join(dataDir, 'postgres.log'));
  if (deadlocks !== 0) found.push(`${deadlocks} deadlocks in PostgreSQL's log`);
});
conclude(
  `seed ${values.seed}: ${values.carts} carts on ${products} products of ${stockOfEach} units at 3 locations, 2 replicas: ${counts.sold} got all their lines, ${counts.refused} none, 0 deadlocks, stock adds up; ${wrong.length} wrong`,
  wrong,
);

/** The products, a third of each at the default location and at two others. */
async function spreadOut(clerk: Shopper): Promise<readonly string[]> {
  const third = Math.floor(stockOfEach / 3);
  const others = await Promise.all(
    ['north', 'south'].map(async (name) => expecting(201, await clerk.ask('POST', '/admin/v1/locations', { name })).body.id as string),
  );
  return Promise.all(
    numbers(products).map(async () => {
      const { variantId } = await productOfItsOwn(clerk, stockOfEach - 2 * third);
      for (const locationId of others)
        expecting(201, await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, locationId, quantity: third, reason: 'moved' }));
      return variantId;
    }),
  );
}

/** PostgreSQL writes each one down as an error of that name. Throws when there is no log. */
function deadlocksIn(log: string): number {
  return [...readFileSync(log, 'utf8').matchAll(/ERROR: {2}deadlock detected/g)].length;
}
