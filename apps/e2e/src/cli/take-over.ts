import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../client/http.js';
import { untilFinal } from '../client/insist.js';
import { readyCart } from '../client/ready-cart.js';
import { guest, staff } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { type BehindAWay, behindAWay } from '../system/behind-a-way.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { type Outage, outageOf, pidOf } from '../system/outage.js';
import { portsOf } from '../system/storefronts.js';

/**
 * `npm run take-over -- [--rounds 10] [-- options of npm start]`: one of two order processes is killed, or stopped as if it slept, or cut off from PostgreSQL, while its checkouts wait for a slow
 * bank; the other goes on with them within 3 s. Both are killed: each goes on with its own within 1 s of being ready again. Every order is confirmed, charged once, also when whoever slept or
 * was cut off is back.
 */
const { values, startOptions } = commandLineOfStart({ rounds: 10 });
const { rounds } = values;
const shoppers = 12;
/** From the accident (or from being ready again) to the first step of whoever goes on, milliseconds. */
const took = { killed: [] as number[], asleep: [] as number[], 'cut off': [] as number[], restarted: [] as number[] };
const limitMs = { killed: 3_000, asleep: 3_000, 'cut off': 3_000, restarted: 1_000 };
type Accident = keyof typeof took;
/** Longer than the bank takes to answer whoever was away. */
const awayMs = 8_000;

const wrong = await onSystem(['--replicas', 'order=2', ...startOptions], async (stand) => {
  const { variantId } = await productOfItsOwn(stand.clerk, 100_000);
  for (let round = 1; round <= rounds; round += 1) {
    const fresh = { ...stand, clerk: await staff(stand.shop) }; // all rounds take longer than a token lives
    for (const accident of ['killed', 'asleep', 'cut off', 'restarted'] as const) await after(accident, fresh, variantId);
    console.log(
      `round ${round}: the last after ${Object.entries(took)
        .map(([accident, times]) => `${Math.max(...times)} ms (${accident})`)
        .join(', ')}`,
    );
  }
});
const figure = Object.entries(took).map(
  ([accident, times]) => `${accident}: ${times.length}, the last after ${(Math.max(0, ...times) / 1_000).toFixed(1)} s`,
);
conclude(
  `checkouts taken over in mid-payment, ${figure.join('; ')} (aims 3 s, 3 s, 3 s, 1 s after being ready); ${wrong.length} wrong`,
  wrong,
);

/** Lets the shoppers wait for the bank, lets the accident happen, and looks who went on with what was underway when. */
async function after(accident: Accident, stand: Stand, variantId: string): Promise<void> {
  const victims = accident === 'restarted' ? ['order', 'order-2'] : [Math.random() < 0.5 ? 'order' : 'order-2'];
  const happen = await prepared(accident, stand, victims);
  const carts = await Promise.all(numbers(shoppers).map(async () => readyCart(await guest(stand.shop), [{ variantId, quantity: 1 }])));
  const buying = Promise.all(
    carts.map((cart) => {
      const key = randomUUID();
      return untilFinal(cart.id, () => cart.checkout({ key, paymentMethod: 'pm_card_slow' }));
    }),
  );
  buying.catch(() => undefined); // told where it is waited for
  const owners = await until('the checkouts to wait for the bank', async () => {
    const { data } = (await stand.clerk.ask('GET', '/ops/v1/sagas?limit=100')).body as {
      data: readonly { orderId: string; owner: string | null; orderStatus: string | null }[];
    };
    const open = data.filter(({ owner, orderStatus }) => owner !== null && orderStatus === 'pending');
    return open.length === shoppers && new Map(open.map(({ orderId, owner }) => [orderId, owner]));
  });
  const names = victims.map((part) => grpcAddressOf(stand, part));
  const mine = [...owners].filter(([, owner]) => names.some((name) => owner?.endsWith(name))).map(([orderId]) => orderId);
  const { since, recover } = await happen();
  const answers = await buying;
  await recover();
  for (const answer of answers) await judge(stand, answer);
  for (const orderId of mine)
    await judgeTakeOver(stand, { orderId, accident, since, isMine: (instance) => names.some((name) => instance.endsWith(name)) });
}

/** When the clock of the take-over begins, and what makes the system whole again. */
type Happening = { readonly since: number; recover(): Promise<void> };

/** Makes what an accident needs beforehand, and answers what lets it happen. */
async function prepared(accident: Accident, stand: Stand, victims: readonly string[]): Promise<() => Promise<Happening>> {
  const { system } = stand;
  const ready = (): Promise<void> => allReady(stand, victims);
  const [victim = ''] = victims;
  if (accident === 'cut off') {
    const { way, end } = await behindAWay(stand, victim);
    return () => Promise.resolve({ since: (way.blackHole(true), Date.now()), recover: () => connectedAgain(stand, victim, { way, end }) });
  }
  if (accident === 'asleep')
    return () => {
      const pid = pidOf(system, victim);
      process.kill(pid, 'SIGSTOP');
      const since = Date.now();
      const awake = sleep(awayMs).then(() => process.kill(pid, 'SIGCONT'));
      return Promise.resolve({ since, recover: () => awake.then(ready).then(timeToDoHarm) });
    };
  return async () => {
    const since = Date.now();
    const outages: Outage[] = [];
    for (const part of victims) outages.push(await outageOf(system, part));
    if (accident === 'killed') return { since, recover: () => (outages.forEach((outage) => outage.end()), ready()) };
    for (const outage of outages) outage.end();
    await ready();
    return { since: Date.now(), recover: () => Promise.resolve() };
  };
}

/** What whoever was away does with what it still has in its hands, it does at once. */
function timeToDoHarm(): Promise<void> {
  return sleep(2_000);
}

/** Whoever was cut off is heard again, and has the time to do harm; then its place is given back. */
async function connectedAgain(stand: Stand, victim: string, { way, end }: BehindAWay): Promise<void> {
  way.blackHole(false);
  await allReady(stand, [victim]);
  await timeToDoHarm();
  await end();
  await allReady(stand, [victim]);
}

async function allReady({ dataDir }: Stand, parts: readonly string[]): Promise<void> {
  const ports = portsOf(dataDir);
  const isReady = async (part: string): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${ports[`${part}.http`]}/readyz`).catch(() => undefined))?.status === 200;
  await until('order to be ready again', async () => (await Promise.all(parts.map(isReady))).every(Boolean), 60_000);
}

async function judge({ outside, wrong: found }: Stand, { status, body }: Answer): Promise<void> {
  const charges = status === 201 ? await outside.charges(body.id) : [];
  if (status !== 201 || charges.length !== 1)
    found.push(`a slow payment was answered ${status} ${body?.code ?? ''} with ${charges.length} charges`);
}

async function judgeTakeOver(
  { clerk, wrong: found }: Stand,
  { orderId, accident, since, isMine }: { orderId: string; accident: Accident; since: number; isMine: (instance: string) => boolean },
): Promise<void> {
  const { timeline } = (await clerk.ask('GET', `/ops/v1/sagas/${orderId}`)).body as {
    timeline: readonly { at: string; attempt: number; instance: string }[];
  };
  const next = timeline.find(({ attempt }) => attempt > 1);
  if (!next) return void found.push(`${orderId}: nobody took it over: ${JSON.stringify(timeline)}`);
  if (accident !== 'restarted' && isMine(next.instance))
    found.push(`${orderId}: its own process went on with it although it was ${accident}`);
  const ms = Math.max(0, Date.parse(next.at) - since);
  took[accident].push(ms);
  if (ms > limitMs[accident]) found.push(`${orderId} (${accident}) was taken over after ${ms} ms`);
}

function grpcAddressOf({ dataDir }: Stand, part: string): string {
  return `:${portsOf(dataDir)[`${part}.grpc`]}`;
}
