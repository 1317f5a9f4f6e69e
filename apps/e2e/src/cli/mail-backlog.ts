import { setTimeout as sleep } from 'node:timers/promises';
import { queuesAreEmpty } from '../client/queues.js';
import { readyCart } from '../client/ready-cart.js';
import { expecting, guest, type Shopper, staff } from '../client/shopper.js';
import { tail } from '../client/tail.js';
import { until } from '../client/until.js';
import { productOfItsOwn, type World } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem } from '../system/on-system.js';

/**
 * `npm run mail-backlog -- [--orders 3334] [-- options of npm start]`: the mail server is away while so many orders are confirmed, shipped and delivered, three mails
 * each. Nothing else waits for it; once it is back, and takes its time over every mail, all arrive, once, an order's in their order. About 8 minutes.
 */
const { values, startOptions } = commandLineOfStart({ orders: 3334 });
const { orders } = values;
/** What an order's mails say, in their order. */
const subjects = [/^Thank you for your order/, /is on its way$/, /has arrived$/];
/** How long the server thinks about a mail, milliseconds. */
const latencyMs = 20;
const figures = { mails: 0, seconds: 0 };

const wrong = await onSystem(startOptions, async ({ shop, sandbox, outside, clerk, wrong: found }) => {
  const { variantId } = await productOfItsOwn(clerk, 1_000_000);
  const smtp = async (faults: object) => void expecting(200, await sandbox('PUT', '/faults', { body: { smtp: faults } }));
  await smtp({ down: true });
  const shoppers = await inParallel(numbers(8), 8, () => guest(shop));
  const placed = await inParallel(numbers(orders), 8, async (number) => {
    if ((number + 1) % 500 === 0) console.log(`${number + 1} orders`);
    return bought(shoppers[number % shoppers.length] as Shopper, { number, variantId });
  });
  await until('empty queues', () => queuesAreEmpty(clerk), 120_000);
  await inParallel(placed, 8, (orderId) => delivered(outside, orderId));
  const operator = await staff(shop); // a token is good for minutes
  await inParallel(placed, 8, async (orderId) => {
    const queued = async (): Promise<boolean> => {
      const { data } = expecting(200, await operator.ask('GET', `/ops/v1/deliveries?orderId=${orderId}`)).body;
      return data.length === subjects.length && data.every(({ status }: { status: string }) => status === 'queued' || status === 'sending');
    };
    await until('three mails in the queue', queued, 60_000).catch((error: Error) => found.push(`${orderId}: ${error.message}`));
  });
  const arrived = tail<{ id: string; to: readonly string[]; subject: string; receivedAt: string }>(sandbox, '/mailbox/messages?');
  if ((await arrived()).length > 0) found.push('a mail arrived while the server was away');
  console.log('all are delivered, their mails are queued; the mail server comes back');

  await smtp({ latencyMs });
  const begun = Date.now();
  const mails = [...(await arrived())];
  const all = async (): Promise<boolean> => (mails.push(...(await arrived())), mails.length >= orders * subjects.length);
  await until('all mails', all, 600_000).catch((error: Error) => found.push(error.message));
  await sleep(5_000); // in which a second mail would come
  mails.push(...(await arrived()));
  figures.mails = mails.length;
  figures.seconds = (Math.max(...mails.map(({ receivedAt }) => Date.parse(receivedAt))) - begun) / 1_000;
  const got = new Map<string, string[]>();
  for (const { to, subject } of mails) got.set(to[0] ?? '', [...(got.get(to[0] ?? '') ?? []), subject]);
  for (const address of numbers(orders).map(addressOf)) {
    const its = got.get(address) ?? [];
    const isRight = its.length === subjects.length && subjects.every((subject, n) => subject.test(its[n] ?? ''));
    if (!isRight) found.push(`${address} got: ${its.join(' | ') || 'nothing'}`);
  }
});
conclude(
  `${orders} orders confirmed, shipped and delivered while the mail server was away; then ${figures.mails} mails in ${figures.seconds.toFixed(0)} s from a server that thinks ${latencyMs} ms over each (${(figures.mails / figures.seconds).toFixed(0)} per s), each once, an order's in their order; ${wrong.length} wrong`,
  wrong,
);

function addressOf(number: number): string {
  return `backlog-${number}@tandem.example`;
}

async function bought(shopper: Shopper, { number, variantId }: { readonly number: number; readonly variantId: string }): Promise<string> {
  const cart = await readyCart(shopper, [{ variantId, quantity: 1 }]);
  return expecting(201, await cart.checkout({ email: addressOf(number) })).body.id as string;
}

/** Its parcel is taken to its receiver. */
async function delivered(outside: World, orderId: string): Promise<void> {
  const [label] = await outside.labels(orderId);
  for (const status of ['in-transit', 'delivered'] as const) await outside.carrierSays(label?.trackingCode ?? '', status);
}
