import { startKiller } from '../chaos/killer.js';
import { randomFrom } from '@tandem/kernel/testing';
import { type Accepted, shop as visit } from '../chaos/shop.js';
import type { Http } from '../client/http.js';
import { insist } from '../client/insist.js';
import { staff } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { type Counts, faultsOfWatch, historyOf, type Watch, watch } from '../live/watch.js';
import { commandLine } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem } from '../system/on-system.js';
import { balancedStorefronts } from '../system/storefronts.js';

/**
 * `npm run live-under-chaos -- [--orders 60] [--reconnects 200] [--seed 1] [--log kafka|postgres] [--kill-every 2000]`: shoppers follow their orders live through a balancer before two
 * storefronts, on lines that break, while a random service is killed every 2 s, a storefront every 11 s, and the parcels are on their way. What they saw is what is listed, whichever storefront they
 * came back to: no gap, no repeat, nothing else. About 5 minutes.
 */
const values = commandLine({ orders: 60, reconnects: 200, seed: 1, log: ['kafka', 'postgres'], 'kill-every': 2000 });
const { orders, reconnects: aim, seed } = values;
const isKafka = values.log === 'kafka';
const counts: Counts = { reconnects: 0, fruitful: 0, moved: 0, broken: 0 };
const random = randomFrom(seed);
const figures = { events: 0, kills: [] as readonly string[], watches: 0 };
const patienceMs = 90_000;
/** One of the streams' own ends is killed at this pace beside the random ones, milliseconds. */
const storefrontEveryMs = 11_000;

const found = await onSystem(['--replicas', 'order=2,storefront=2', ...(isKafka ? ['--kafka'] : [])], async (stand) => {
  const shop = balancedStorefronts(stand.dataDir);
  const { variantId } = await productOfItsOwn(stand.clerk, 1_000_000);
  const killer = startKiller(stand.system, { seed, killEveryMs: values['kill-every'], servers: isKafka ? ['kafka'] : [] }, console.log);
  const ofStorefront = startKiller(
    stand.system,
    { seed, killEveryMs: storefrontEveryMs, servers: [], only: ['storefront', 'storefront-2'] },
    console.log,
  );
  const watches = await inParallel(numbers(orders), 8, async (number): Promise<Watch | undefined> => {
    const bought = await visit(shop, { number, isCustomer: true, lines: [{ product: 0, quantity: 1 }], paymentMethod: 'pm_card_visa' }, [
      variantId,
    ]);
    if (bought.kind !== 'accepted')
      return void stand.wrong.push(`visit ${number} was ${bought.kind}${bought.kind === 'failed' ? `: ${bought.because}` : ''}`);
    const watching = watch(bought, { shop, counts, random });
    await delivered(shop, stand.sandbox, bought).catch((error: Error) => stand.wrong.push(error.message));
    if ((number + 1) % 10 === 0)
      console.log(`${number + 1} orders, ${counts.reconnects} reconnects, ${counts.broken} connections broken by the shop`);
    return watching;
  });
  await until('the reconnects', async () => counts.reconnects >= aim, patienceMs).catch((error: Error) => stand.wrong.push(error.message));
  figures.kills = [...(await killer.stop()), ...(await ofStorefront.stop())];
  await until('the shop to be whole again', async () => (await shop('GET', '/readyz').catch(() => undefined))?.status === 200, patienceMs);
  await staff(shop);
  for (const each of watches) if (each) stand.wrong.push(...(await compared(shop, each)));
  await shop.close();
});
const wrong = [...found, ...(counts.reconnects < aim ? [`only ${counts.reconnects} reconnects`] : [])];
if (counts.moved === 0) wrong.push('no reconnect came to the other storefront');
conclude(
  `${figures.watches} orders followed live at two storefronts through ${figures.kills.length} kills (storefronts ${figures.kills.filter((name) => name.startsWith('storefront')).length}): ${counts.reconnects} reconnects by the last event's id (aim ${aim}), ${counts.moved} of them at the other storefront, ${counts.fruitful} brought something, ` +
    `${counts.broken} connections broken by the shop, ${figures.events} events, each once and in order as listed; ${wrong.length} wrong`,
  wrong,
);

/** The parcel is taken to its receiver; resolves when the points for it can be spent, which is the last that happens. */
async function delivered(shop: Http, sandbox: Http, order: Accepted): Promise<void> {
  const has = (type: string) => async (): Promise<boolean> => (await historyOf(shop, order)).some((event) => event.type === type);
  await until(`the parcel of ${order.orderId}`, has('shipment.created'), patienceMs);
  const { body } = await insist(sandbox, { method: 'GET', path: `/carrier/labels?orderId=${order.orderId}` });
  for (const status of ['in-transit', 'delivered'])
    await insist(sandbox, { path: `/carrier/shipments/${body.data[0].trackingCode}/events`, body: { status } });
  await until(`the points of ${order.orderId}`, has('points.available'), patienceMs);
}

/** Waits until the history does not grow any more and all of it was seen. */
async function compared(shop: Http, watching: Watch): Promise<readonly string[]> {
  const listed = await until('the end of a history', async () => {
    const [before, now] = [
      await historyOf(shop, watching.order),
      await new Promise((resolve) => setTimeout(resolve, 100)).then(() => historyOf(shop, watching.order)),
    ];
    return before.length === now.length && now;
  });
  const ended = watching.end(listed.length).then(() => 'ended' as const);
  const outcome = await Promise.race([ended, new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), 10_000).unref())]).catch(
    (error: Error) => error.message,
  );
  figures.watches += 1;
  figures.events += watching.seen.length;
  return outcome === 'ended' || outcome === 'late' ? faultsOfWatch(watching, listed) : [outcome];
}
