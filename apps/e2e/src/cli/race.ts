import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Answer, http } from '../client/http.js';
import { guest, staff } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { hallOfItsOwn, productOfItsOwn } from '../client/world.js';
import { conclude } from '../system/conclude.js';
import { launch } from '../system/launch.js';

/** `npm run race -- [--units 30] [--buyers 60] [--rounds 10] [--seats] [-- options of npm start]`: as many orders as units, on two replicas of order and inventory; with seats everybody wants one of them. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    units: { type: 'string', default: '30' },
    buyers: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '10' },
    seats: { type: 'boolean', default: false },
  },
});
const [units, buyers, rounds] = [Number(values.units), Number(values.buyers), Number(values.rounds)];
const dataDir = mkdtempSync(join(tmpdir(), 'tandem-race-'));
const system = await launch(dataDir, ['--split', '--no-seed', '--replicas', 'order=2,inventory=2', ...positionals]);
const shop = http(system.storefrontUrl);
const wrong: string[] = [];
try {
  const clerk = await staff(shop);
  for (let round = 1; round <= rounds; round++) {
    const seats = Array.from({ length: units }, (_, index) => `S${index + 1}`);
    const { variantId } = await (values.seats ? hallOfItsOwn(clerk, seats) : productOfItsOwn(clerk, units));
    const ready = await Promise.all(
      Array.from({ length: buyers }, async (_, index) => {
        const shopper = await guest(shop);
        const cartId = await shopper.newCart();
        await shopper.ask('POST', `/v1/carts/${cartId}/lines`, {
          variantId,
          quantity: 1,
          ...(values.seats ? { seats: [seats[index % units]] } : {}),
        });
        const delivery = await shopper.ask('PATCH', `/v1/carts/${cartId}`, { shippingOptionId: 'standard' });
        return { shopper, cartId, expectedTotal: delivery.body.total };
      }),
    );
    const begun = Date.now();
    const answers = await Promise.all(
      ready.map(({ shopper, cartId, expectedTotal }) => answerOf((key) => shopper.checkout(cartId, { expectedTotal, key }))),
    );
    const of = (status: number): number => answers.filter((answer) => answer.status === status).length;
    const { onHand, reserved } = await stockOf(clerk, variantId);
    const owned = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => String(body.lines[0].seats ?? body.id)));
    const isRight = of(201) === units && of(409) === buyers - units && owned.size === units && onHand === 0 && reserved === 0;
    const line = `round ${round}: ${of(201)} × 201, ${of(409)} × 409, ${buyers - of(201) - of(409)} others, ${onHand} left, ${Date.now() - begun} ms`;
    if (!isRight) wrong.push(line);
    console.log(line);
  }
} finally {
  await shop.close();
  await system.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
/** The answer to a checkout; asked again by the same key while there is none yet. */
async function answerOf(checkout: (key: string) => Promise<Answer>): Promise<Answer> {
  const key = randomUUID();
  for (let tries = 1; ; tries++) {
    const answer = await checkout(key);
    if (!(answer.status === 503 || answer.body.code === 'idempotency-key-in-flight') || tries === 20) return answer;
    await sleep(1_000);
  }
}

conclude(`${rounds - wrong.length} of ${rounds} rounds: exactly ${units} of ${buyers} buyers got one, ${buyers - units} × 409`, wrong);
