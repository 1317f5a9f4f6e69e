import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { auditOf } from '../chaos/verify.js';
import { expecting, guest } from '../client/shopper.js';
import { tail } from '../client/tail.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem } from '../system/on-system.js';
import { pidOf } from '../system/outage.js';

/**
 * `npm run followers -- [--followers 10000] [--within 60] [-- options of npm start]`: so many follow one product that is sold out; it comes back, and notification is killed after a third and after
 * two thirds of the mails. All are told within so many seconds, each once. About 4 minutes.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { followers: { type: 'string', default: '10000' }, within: { type: 'string', default: '60' } },
});
const [followers, within] = [Number(values.followers), Number(values.within)];
const addressOf = (number: number): string => `follower-${number}@tandem.example`;
const figures = { seconds: 0, mails: 0, kills: 0 };

const wrong = await onSystem(['--split', ...positionals], async ({ system, shop, sandbox, clerk, wrong: found }) => {
  const { id, variantId } = await productOfItsOwn(clerk, 0);
  await inParallel(numbers(followers), 16, async (number) => {
    const shopper = await guest(shop);
    expecting(201, await shopper.ask('POST', `/v1/products/${id}/followers`, { email: addressOf(number) }));
    if ((number + 1) % 2_000 === 0) console.log(`${number + 1} follow it`);
  });
  const news = tail<{ id: string; to: readonly string[]; receivedAt: string }>(sandbox, '/mailbox/messages?');
  const mails = [...(await news())];
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
  `${followers} followers of one product told in ${figures.seconds.toFixed(1)} s (aim ${within}), notification killed ${figures.kills} times on the way: ${figures.mails} mails; ${wrong.length} wrong`,
  wrong,
);
