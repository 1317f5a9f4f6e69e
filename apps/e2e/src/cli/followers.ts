import { setTimeout as sleep } from 'node:timers/promises';
import { auditOf } from '../chaos/verify.js';
import { expecting, guest } from '../client/shopper.js';
import { tail } from '../client/tail.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { percentile } from '../system/figures.js';
import { type Load, steadyLoad } from '../outages/load.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem } from '../system/on-system.js';
import { pidOf } from '../system/outage.js';

/**
 * `npm run followers -- [--followers 10000] [--within 60] [-- options of npm start]`: so many follow one product that is sold out; it comes back, and notification is killed after a third and after
 * two thirds of the mails. All are told within so many seconds, each once. Two orders a second come meanwhile, as they did before: all are confirmed, and have their
 * mail, parcel, points and invoice soon after. About 4 minutes.
 */
const { values, startOptions } = commandLineOfStart({ followers: 10_000, within: 60 });
const { followers, within } = values;
const addressOf = (number: number): string => `follower-${number}@tandem.example`;
/** In how many seconds an order has everything, notification being killed meanwhile or not. */
const orderWithin = 10;
const figures = { seconds: 0, mails: 0, kills: 0, orders: 0, p50: 0, p50Before: 0, settled: 0 };

const wrong = await onSystem(['--split', ...startOptions], async (stand) => {
  const { system, shop, sandbox, clerk, wrong: found } = stand;
  const { id, variantId } = await productOfItsOwn(clerk, 0);
  const load = steadyLoad(stand, { perSecond: 2, variantId: (await productOfItsOwn(clerk, 1_000_000)).variantId });
  await inParallel(numbers(followers), 16, async (number) => {
    const shopper = await guest(shop);
    expecting(201, await shopper.ask('POST', `/v1/products/${id}/followers`, { email: addressOf(number) }));
    if ((number + 1) % 2_000 === 0) console.log(`${number + 1} follow it`);
  });
  await load.run(5); // warm
  const before = await load.run(15);
  await load.settle(orderWithin * 1_000);
  const arrived = tail<{ id: string; to: readonly string[]; receivedAt: string }>(sandbox, '/mailbox/messages?');
  const news = async () => (await arrived()).filter(({ to }) => to[0]?.startsWith('follower-'));
  const mails = [...(await news())];
  const meanwhile = buyingWith(load);
  const begun = Date.now();
  expecting(201, await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, quantity: 1, reason: 'delivery' }));
  for (const share of [1 / 3, 2 / 3, 1]) {
    await until(
      `${Math.round(share * 100)} % of the mails`,
      async () => (mails.push(...(await news())), mails.length >= share * followers),
      2 * within * 1_000,
    ).catch((error: Error) => found.push(error.message));
    console.log(`${mails.length} mails after ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
    if (share < 1) process.kill(pidOf(system, 'notification'), 'SIGKILL');
    if (share < 1) figures.kills += 1;
  }
  const took = await meanwhile.stop();
  figures.settled = (await load.settle(orderWithin * 1_000)) / 1_000;
  Object.assign(figures, { orders: took.length, p50: percentile(took, 0.5), p50Before: percentile(before, 0.5) });
  figures.seconds = (Math.max(...mails.map(({ receivedAt }) => Date.parse(receivedAt))) - begun) / 1_000;
  await sleep(5_000); // in which a second mail would come
  mails.push(...(await news()));
  figures.mails = mails.length;
  const told = new Map<string, number>();
  for (const { to } of mails) told.set(to[0] ?? '', (told.get(to[0] ?? '') ?? 0) + 1);
  for (const address of numbers(followers).map(addressOf))
    if (told.get(address) !== 1) found.push(`${address} was told ${told.get(address) ?? 0} times`);
  if (figures.seconds > within) found.push(`it took ${figures.seconds.toFixed(1)} s`);
  await until('the audit to find nothing', async () => (await auditOf(clerk)).length === 0, 30_000).catch(async () =>
    found.push(...(await auditOf(clerk))),
  );
});
conclude(
  `${followers} followers of one product told in ${figures.seconds.toFixed(1)} s (aim ${within}), notification killed ${figures.kills} times on the way: ${figures.mails} mails. ${figures.orders} orders meanwhile, checkout p50 ${figures.p50Before.toFixed(0)} → ${figures.p50.toFixed(0)} ms, everything of the last one there after ${figures.settled.toFixed(1)} s (aim ${orderWithin}); ${wrong.length} wrong`,
  wrong,
);

/** Orders from now on, until it is stopped: then how long their checkouts took, milliseconds. */
function buyingWith(load: Load): { stop(): Promise<readonly number[]> } {
  let isOver = false;
  const buying = (async () => {
    const took: number[] = [];
    while (!isOver) took.push(...(await load.run(2)));
    return took;
  })();
  buying.catch(() => undefined); // told by `stop`
  return { stop: () => ((isOver = true), buying) };
}
