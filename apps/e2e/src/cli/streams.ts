import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStream, follow } from '../client/event-stream.js';
import { expecting, guest, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { collectGarbage, inspectable } from '../system/garbage.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { pidOf } from '../system/outage.js';
import { pssMb, rssMb } from '../system/processes.js';

/**
 * `npm run streams -- [--streams 2000] [--kb 30] [-- options of npm start]`: so many streams of orders are open on one storefront process, ten of each guest's order, as many as one principal may have.
 * All stay open, each takes at most so many kB of the process (PSS, with its garbage collected before and with them), and an order of somebody else is followed to its parcel. About 2 minutes.
 */
const { values, startOptions } = commandLineOfStart({ streams: 2000, kb: 30 });
const { streams: count, kb: mostKb } = values;
const perGuest = 10;
/** Longer than a heartbeat, which touches every stream. */
const idleMs = 20_000;
const figures = { pssKb: 0, rssKb: 0, beforeMb: 0, withMb: 0, events: 0 };

const port = await inspectable();
const found = await onSystem(['--split', ...startOptions], async (stand) => {
  const { system, clerk, wrong } = stand;
  const storefront = pidOf(system, 'storefront');
  const { variantId } = await productOfItsOwn(clerk, count);
  const bought = await inParallel(numbers(Math.ceil(count / perGuest)), 8, () => buy(stand, variantId));
  await until(
    'every order to be on its way',
    async () => (await bought.at(-1)?.shopper.events(bought.at(-1)?.orderId ?? ''))?.some(({ type }) => type === 'shipment.created'),
    60_000,
  );
  const wanted = bought.flatMap((each) => numbers(perGuest).map(() => each)).slice(0, count);
  const before = await inUse(storefront, port);
  const streams = await inParallel(wanted, 16, (each) => streamOf(stand, each));
  await until('the history on every stream', async () => streams.every(({ events }) => events.length > 0), 60_000);
  console.log(`${streams.length} streams are open`);
  const open = await inUse(storefront, port);
  const late = await buy(stand, variantId);
  const live = await streamOf(stand, late);
  await until('its parcel on its stream', async () => live.events.some(({ event }) => event === 'shipment.created'), 30_000).catch(
    (error: Error) => wrong.push(error.message),
  );
  const listed = await late.shopper.events(late.orderId);
  if (JSON.stringify(live.events.map(({ data }) => data)) !== JSON.stringify(listed.slice(0, live.events.length)))
    wrong.push('what came on the stream is not what is listed');
  const [refused, closed] = [streams.filter(({ status }) => status !== 200).length, streams.filter((stream) => !stream.isOpen()).length];
  if (refused + closed > 0) wrong.push(`${refused} streams were refused, ${closed} did not stay open`);
  if (pidOf(system, 'storefront') !== storefront) wrong.push('the storefront was started again');
  figures.pssKb = ((open.pss - before.pss) * 1_024) / count;
  figures.rssKb = ((open.rss - before.rss) * 1_024) / count;
  figures.beforeMb = before.pss;
  figures.withMb = open.pss;
  figures.events = live.events.length;
  for (const stream of [...streams, live]) stream.close();
});
const wrong = [...found, ...(figures.pssKb <= mostKb ? [] : [`a stream takes ${figures.pssKb.toFixed(1)} kB, wants ${mostKb}`])];
conclude(
  `${count} open streams on one storefront process: ${figures.pssKb.toFixed(1)} kB each (PSS; RSS ${figures.rssKb.toFixed(1)}; aim ${mostKb}), ${figures.beforeMb.toFixed(0)} MB before, ${figures.withMb.toFixed(0)} MB with them; ` +
    `an order among them followed live over ${figures.events} events; ${wrong.length} wrong`,
  wrong,
);

type Bought = { readonly shopper: Shopper; readonly orderId: string };

async function buy({ shop }: Stand, variantId: string): Promise<Bought> {
  const shopper = await guest(shop);
  const cartId = await shopper.newCart();
  expecting(201, await shopper.add(cartId, variantId, 1));
  return { shopper, orderId: expecting(201, await shopper.checkout(cartId)).body.id as string };
}

function pathOf(orderId: string): string {
  return `/v1/orders/${orderId}/events/stream`;
}

function streamOf({ shop }: Stand, { shopper, orderId }: Bought): Promise<EventStream> {
  return follow(shop.baseUrl, shopper, { path: pathOf(orderId) });
}

/** What an idle process has in use, in MB. */
async function inUse(pid: number, inspector: number): Promise<{ readonly pss: number; readonly rss: number }> {
  await sleep(idleMs);
  await collectGarbage(pid, inspector);
  return { pss: pssMb([pid]), rss: rssMb([pid]) };
}
