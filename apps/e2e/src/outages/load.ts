import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf } from '../chaos/verify.js';
import type { Accepted } from '../chaos/shop.js';
import { readyCart } from '../client/ready-cart.js';
import { guest, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import type { Stand } from '../system/on-system.js';

/** Milliseconds that checkouts took, from the request to the whole answer. */
export type Checkouts = readonly number[];

/** Shoppers who come at a rate, whether the others were answered or not, and every order they made. */
export type Load = {
  /** Answers when the last of them was answered. What is not a confirmed order is wrong. */
  run(seconds: number): Promise<Checkouts>;
  /** How many orders there are. */
  orders(): number;
  /** Of the last orders, 20 at most, those that lack something now. */
  owed(): Promise<number>;
  /** Waits until each order since the last time has its charge, mail, parcel and invoice once; answers how long that took, milliseconds. What never comes is wrong. */
  settle(withinMs: number): Promise<number>;
};

type Coming = { readonly perSecond: number; readonly variantId: string };

export function steadyLoad(stand: Stand, { perSecond, variantId }: Coming): Load {
  let count = 0;
  let unsettled: Accepted[] = [];
  const buy = async (number: number, shopper: Shopper, took: number[]): Promise<void> => {
    try {
      const { order, ms } = await bought(shopper, number, variantId);
      took.push(ms);
      unsettled.push(order);
    } catch (error) {
      stand.wrong.push(`order ${number}: ${(error as Error).message}`);
    }
  };
  return {
    orders: () => count,
    run: async (seconds) => {
      const shoppers = await inParallel(numbers(32), 8, () => guest(stand.shop)); // anew each time: a token is good for minutes
      const took: number[] = [];
      const buying: Promise<void>[] = [];
      for (const begun = performance.now(), n = { due: 0 }; n.due < seconds * perSecond; n.due += 1) {
        await sleep(Math.max(0, begun + (n.due * 1_000) / perSecond - performance.now()));
        buying.push(buy(count, shoppers[count % shoppers.length] as Shopper, took));
        count += 1;
      }
      await Promise.all(buying);
      return took;
    },
    owed: async () =>
      (await inParallel(unsettled.slice(-20), 4, (order) => faultsOf(order, stand.shop, stand.outside))).filter(
        (faults) => faults.length > 0,
      ).length,
    settle: async (withinMs) => {
      const begun = performance.now();
      const faults = new Map<string, readonly string[]>();
      const look = async (): Promise<boolean> => {
        await inParallel(unsettled, 4, async (order) => void faults.set(order.orderId, await faultsOf(order, stand.shop, stand.outside)));
        unsettled = unsettled.filter(({ orderId }) => faults.get(orderId)?.length !== 0);
        return unsettled.length === 0;
      };
      await until('everything to be delivered', look, withinMs).catch(() =>
        stand.wrong.push(...unsettled.flatMap(({ orderId }) => faults.get(orderId) ?? [])),
      );
      unsettled = [];
      return performance.now() - begun;
    },
  };
}

async function bought(shopper: Shopper, number: number, variantId: string): Promise<{ readonly order: Accepted; readonly ms: number }> {
  const cart = await readyCart(shopper, [{ variantId, quantity: 1 }]);
  const email = `outages-${number}@tandem.example`;
  const begun = performance.now();
  const { status, body, text } = await cart.checkout({ email });
  const ms = performance.now() - begun;
  if (status !== 201) throw new Error(`a checkout was answered ${status} ${text.slice(0, 200)}`);
  const plan = { number, isCustomer: false, lines: [], paymentMethod: 'pm_card_visa' };
  return { ms, order: { kind: 'accepted', plan, orderId: body.id, email, token: shopper.token, total: body.total } };
}
