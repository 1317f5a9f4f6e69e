import { runService } from '@tandem/host';
import type { CheckoutSteps } from './features/checkout-steps.js';
import { orderWith } from './order.module.js';

/**
 * Checkouts as another version of this service could run them, each by the change that an upgrade to today's version is. Run by `npm run upgrades`
 * in the place of an order process: `node spec-earlier-order.js <version>`.
 */
const versions: Readonly<Record<string, (steps: CheckoutSteps) => CheckoutSteps>> = {
  /** It reserves only when it takes: today's version has a step more. */
  added: (steps) => ({
    ...steps,
    reserve: { ...steps.reserve, do: nothingReserved },
    take: { do: (order, cause) => reserveAndTake(steps, order, cause) },
  }),
  /** It looks at the stock once more before it asks for the money: today's version has a step less. */
  removed: (steps) => ({
    ...steps,
    pay: {
      ...steps.pay,
      do: async (order, facts) => {
        await steps.reserve.do(order, facts.cause);
        return steps.pay.do(order, facts);
      },
    },
  }),
  /** It takes the stock before it asks for the money: today's version does so after it. */
  swapped: (steps) => ({
    ...steps,
    reserve: {
      ...steps.reserve,
      do: async (order, cause) => {
        const reserving = await steps.reserve.do(order, cause);
        if (reserving.kind === 'reserved') await steps.take.do(order, cause);
        return reserving;
      },
    },
  }),
};

const nothingReserved: CheckoutSteps['reserve']['do'] = () => Promise.resolve({ kind: 'reserved' });

async function reserveAndTake(
  steps: CheckoutSteps,
  ...[order, cause]: Parameters<CheckoutSteps['take']['do']>
): ReturnType<CheckoutSteps['take']['do']> {
  const reserving = await steps.reserve.do(order, cause);
  return reserving.kind === 'reserved' ? steps.take.do(order, cause) : { kind: 'expired' };
}

const [wanted = ''] = process.argv.slice(2);
const vary = versions[wanted];
if (!vary) throw new Error(`there is no version "${wanted}"; there are ${Object.keys(versions).join(', ')}`);
await runService(orderWith(vary));
