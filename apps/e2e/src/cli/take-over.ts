import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../client/http.js';
import { untilFinal } from '../client/insist.js';
import { readyCart } from '../client/ready-cart.js';
import { guest } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { type Outage, outageOf, pidOf } from '../system/outage.js';

/**
 * `npm run take-over -- [--rounds 10] [-- options of npm start]`: one of two order processes is killed, or stopped as if it slept, while its checkouts wait for a slow bank; the other goes on
 * with them within 3 s. Both are killed: each goes on with its own within 1 s of being ready again. Every order is confirmed, charged once.
 */
const { values, startOptions } = commandLineOfStart({ rounds: 10 });
const { rounds } = values;
const shoppers = 12;
/** From the accident (or from being ready again) to the first step of whoever goes on, milliseconds. */
const took = { killed: [] as number[], asleep: [] as number[], restarted: [] as number[] };
const limitMs = { killed: 3_000, asleep: 3_000, restarted: 1_000 };
type Accident = keyof typeof took;

const wrong = await onSystem(['--replicas', 'order=2', ...startOptions], async (stand) => {
  const { variantId } = await productOfItsOwn(stand.clerk, 100_000);
  for (let round = 1; round <= rounds; round += 1) {
    for (const accident of ['killed', 'asleep', 'restarted'] as const) await after(accident, stand, variantId);
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
conclude(`checkouts taken over in mid-payment, ${figure.join('; ')} (aims 3 s, 3 s, 1 s after being ready); ${wrong.length} wrong`, wrong);

/** Lets the shoppers wait for the bank, lets the accident happen, and looks who went on with what was underway when. */
async function after(accident: Accident, stand: Stand, variantId: string): Promise<void> {
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
  const victims = accident === 'restarted' ? ['order', 'order-2'] : [Math.random() < 0.5 ? 'order' : 'order-2'];
  const names = victims.map((part) => grpcAddressOf(stand, part));
  const mine = [...owners].filter(([, owner]) => names.some((name) => owner?.endsWith(name))).map(([orderId]) => orderId);
  const { since, recover } = await happen(accident, stand, victims);
  const answers = await buying;
  for (const answer of answers) await judge(stand, answer);
  for (const orderId of mine)
    await judgeTakeOver(stand, { orderId, accident, since, isMine: (instance) => names.some((name) => instance.endsWith(name)) });
  await recover();
}

/** When the clock of the take-over begins, and what makes the system whole again. */
async function happen(
  accident: Accident,
  { system, dataDir }: Stand,
  victims: readonly string[],
): Promise<{ since: number; recover: () => Promise<unknown> }> {
  const isReady = async (part: string): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${portsIn(dataDir)[`${part}.http`]}/readyz`).catch(() => undefined))?.status === 200;
  const allReady = () => until('order to be ready again', async () => (await Promise.all(victims.map(isReady))).every(Boolean), 60_000);
  if (accident === 'asleep') {
    const pid = pidOf(system, victims[0] ?? '');
    process.kill(pid, 'SIGSTOP');
    const since = Date.now();
    setTimeout(() => process.kill(pid, 'SIGCONT'), 8_000); // later than the bank's answer
    return { since, recover: () => sleep(500).then(allReady) };
  }
  const since = Date.now();
  const outages: Outage[] = [];
  for (const part of victims) outages.push(await outageOf(system, part));
  if (accident === 'killed') return { since, recover: () => (outages.forEach((outage) => outage.end()), allReady()) };
  for (const outage of outages) outage.end();
  await allReady();
  return { since: Date.now(), recover: () => Promise.resolve() };
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
  return `:${portsIn(dataDir)[`${part}.grpc`]}`;
}

function portsIn(dataDir: string): Readonly<Record<string, number>> {
  return (JSON.parse(readFileSync(join(dataDir, 'run/ports.json'), 'utf8')) as { readonly ports: Record<string, number> }).ports;
}
