import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { http } from '../client/http.js';
import { guest, staff } from '../client/shopper.js';
import { productOfItsOwn } from '../client/world.js';
import { conclude } from '../system/conclude.js';
import { launch } from '../system/launch.js';

/** `npm run race -- [--units 30] [--buyers 60] [--rounds 10] [-- options of npm start]`: as many orders as units, on two replicas of order and inventory. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { units: { type: 'string', default: '30' }, buyers: { type: 'string', default: '60' }, rounds: { type: 'string', default: '10' } },
});
const [units, buyers, rounds] = [Number(values.units), Number(values.buyers), Number(values.rounds)];
const dataDir = mkdtempSync(join(tmpdir(), 'tandem-race-'));
const system = await launch(dataDir, ['--split', '--no-seed', '--replicas', 'order=2,inventory=2', ...positionals]);
const shop = http(system.storefrontUrl);
const wrong: string[] = [];
try {
  const clerk = await staff(shop);
  for (let round = 1; round <= rounds; round++) {
    const { variantId } = await productOfItsOwn(clerk, units);
    const ready = await Promise.all(
      Array.from({ length: buyers }, async () => {
        const shopper = await guest(shop);
        const cartId = await shopper.newCart();
        await shopper.add(cartId, variantId, 1);
        const delivery = await shopper.ask('PATCH', `/v1/carts/${cartId}`, { shippingOptionId: 'standard' });
        return { shopper, cartId, expectedTotal: delivery.body.total };
      }),
    );
    const begun = Date.now();
    const answers = await Promise.all(ready.map(({ shopper, cartId, expectedTotal }) => shopper.checkout(cartId, { expectedTotal })));
    const of = (status: number): number => answers.filter((answer) => answer.status === status).length;
    const level = await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, quantity: 1, reason: 'count' });
    const isRight = of(201) === units && of(409) === buyers - units && level.body.onHand === 1 && level.body.reserved === 0;
    const line = `round ${round}: ${of(201)} × 201, ${of(409)} × 409, ${buyers - of(201) - of(409)} others, ${level.body.onHand - 1} left, ${Date.now() - begun} ms`;
    if (!isRight) wrong.push(line);
    console.log(line);
  }
} finally {
  await shop.close();
  await system.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
conclude(`${rounds - wrong.length} of ${rounds} rounds: exactly ${units} of ${buyers} buyers got one, ${buyers - units} × 409`, wrong);
