import { randomUUID } from 'node:crypto';
import { untilFinal } from '../client/insist.js';
import { readyCart } from '../client/ready-cart.js';
import { guest } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { hallOfItsOwn, productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';

/** `npm run race -- [--units 30] [--buyers 60] [--rounds 10] [--seats] [-- options of npm start]`: as many orders as units, on two replicas of order and inventory; with seats everybody wants one of them. */
const { values, startOptions } = commandLineOfStart({ units: 30, buyers: 60, rounds: 10, seats: false });
const { units, buyers, rounds } = values;
const seats = numbers(units).map((index) => `S${index + 1}`);

const wrong = await onSystem(['--split', '--replicas', 'order=2,inventory=2', ...startOptions], async (stand) => {
  for (let round = 1; round <= rounds; round++) {
    const { isRight, figure } = await race(stand);
    if (!isRight) stand.wrong.push(`round ${round}: ${figure}`);
    console.log(`round ${round}: ${figure}`);
  }
});
conclude(`${rounds - wrong.length} of ${rounds} rounds: exactly ${units} of ${buyers} buyers got one, ${buyers - units} × 409`, wrong);

/** All buyers check out at the same moment. */
async function race({ shop, clerk }: Stand): Promise<{ readonly isRight: boolean; readonly figure: string }> {
  const { variantId } = await (values.seats ? hallOfItsOwn(clerk, seats) : productOfItsOwn(clerk, units));
  const carts = await Promise.all(
    numbers(buyers).map(async (index) =>
      readyCart(await guest(shop), [
        { variantId, quantity: 1, ...(values.seats ? { seats: seats.slice(index % units, (index % units) + 1) } : {}) },
      ]),
    ),
  );
  const begun = Date.now();
  const answers = await Promise.all(
    carts.map((cart) => {
      const key = randomUUID();
      return untilFinal(`the checkout of ${cart.id}`, () => cart.checkout({ key }));
    }),
  );
  const ms = Date.now() - begun;
  const of = (status: number): number => answers.filter((answer) => answer.status === status).length;
  const { onHand, reserved } = await stockOf(clerk, variantId);
  const owned = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => String(body.lines[0].seats ?? body.id)));
  return {
    isRight: of(201) === units && of(409) === buyers - units && owned.size === units && onHand === 0 && reserved === 0,
    figure: `${of(201)} × 201, ${of(409)} × 409, ${buyers - of(201) - of(409)} others, ${onHand} left, ${ms} ms`,
  };
}
