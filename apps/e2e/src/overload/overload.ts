import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Http } from '../client/http.js';
import { http } from '../client/http.js';
import { address, expecting, guest, staff } from '../client/shopper.js';
import { productOfItsOwn } from '../client/world.js';
import { durationsOf, upperBoundMs } from '../system/durations.js';
import type { System } from '../system/launch.js';
import { pssMb, rssMb } from '../system/processes.js';
import { withSystem } from '../system/with-system.js';

export type OverloadOptions = {
  readonly seconds: number;
  /** How many times the load that the system sustains. */
  readonly times: number;
  readonly startOptions: readonly string[];
};

/** Orders per second and the milliseconds of those checkouts that were confirmed. */
export type Phase = {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly confirmed: number;
  readonly shed: number;
  readonly others: readonly string[];
};
export type OverloadReport = {
  readonly sustained: Phase;
  readonly overloaded: Phase;
  readonly afterwards: Phase;
  /** From the end of the load until the system sheds nothing, or until nobody waited any longer. */
  readonly calmAfterMs: number;
  /** Upper bound of the time the server took for 99 of 100 refusals, by its own clock. */
  readonly refusalP99Ms: number;
  readonly refusalsWithoutRetryAfter: number;
  readonly memory: StorefrontMemory;
};
/** MB of the process that serves the storefront. */
export type Megabytes = { readonly rss: number; readonly pss: number };
/** `peak`: the most that was seen while there was too much to do, by RSS. */
export type StorefrontMemory = { readonly before: Megabytes; readonly peak: Megabytes; readonly after: Megabytes };

/** A system that is not calm by then does not become so. */
const patienceMs = 60_000;

/** Loads a system of its own with as much as it sustains, then with many times that, then as before: what it sustains is measured on both sides, for a shared machine drifts. */
export function overload(options: OverloadOptions, say: (line: string) => void): Promise<OverloadReport> {
  return withSystem(options.startOptions, (system) => run({ shop: http(system.storefrontUrl), memory: memoryLook(system) }, options, say));
}

async function run(
  { shop, memory }: { readonly shop: Http; readonly memory: () => Megabytes },
  { seconds, times }: OverloadOptions,
  say: (line: string) => void,
): Promise<OverloadReport> {
  try {
    const clerk = await staff(shop);
    const { variantId } = await productOfItsOwn(clerk, 1_000_000);
    const shoppers = await Promise.all(Array.from({ length: 64 }, () => guest(shop)));
    const load: Load = { shop, tokens: shoppers.map(({ token }) => token), variantId, missing: 0 };
    await closed(load, 8, 5);
    // The connections are open, as a proxy keeps them: Node.js takes in one new one a turn, and what waits there is seen by nobody.
    await Promise.all(Array.from({ length: 256 }, () => shop('GET', '/livez')));
    const sustained = await closed(load, 8, Math.min(seconds, 15));
    say(`sustained: ${shown(sustained)}`);
    const before = memory();
    let peak = before;
    const watch = setInterval(() => {
      const now = memory();
      if (now.rss > peak.rss) peak = now;
    }, 500);
    const overloaded = await open(load, sustained.perSecond * times, seconds).finally(() => clearInterval(watch));
    say(`${times} times that for ${seconds} s: ${shown(overloaded)}`);
    const ended = performance.now();
    const isCalm = async (): Promise<boolean> => expecting(200, await clerk.ask('GET', '/ops/v1/backpressure')).body.state === 'normal';
    while (!(await isCalm()) && performance.now() < ended + patienceMs) await sleep(100);
    const calmAfterMs = performance.now() - ended;
    const afterwards = await closed(load, 8, Math.min(seconds, 15));
    say(`afterwards: ${shown(afterwards)}`);
    return {
      sustained,
      overloaded,
      afterwards,
      calmAfterMs,
      refusalP99Ms: upperBoundMs(await durationsOf(shop, 'status="503"'), 0.99),
      refusalsWithoutRetryAfter: load.missing,
      memory: { before, peak, after: memory() },
    };
  } finally {
    await shop.close();
  }
}

/** Looks at the process that serves the storefront, by itself or with all the others. */
function memoryLook({ pids }: System): () => Megabytes {
  return () => {
    const pid = pids().get('storefront') ?? pids().get('all');
    if (pid === undefined) throw new Error('nobody serves the storefront');
    return { rss: rssMb([pid]), pss: pssMb([pid]) };
  };
}

type Load = { readonly shop: Http; readonly tokens: readonly string[]; readonly variantId: string; missing: number };
type Tally = { readonly took: number[]; shed: number; readonly others: string[] };

/** So many shoppers, each with the next order once the last is answered. */
async function closed(load: Load, shoppers: number, seconds: number): Promise<Phase> {
  const tally: Tally = { took: [], shed: 0, others: [] };
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  await Promise.all(
    load.tokens.slice(0, shoppers).map(async (token) => {
      while (performance.now() < until) await buy(load, token, tally);
    }),
  );
  return phaseOf(tally, (performance.now() - begun) / 1_000);
}

/** Shoppers come at a rate, whether the others were served or not. */
async function open(load: Load, perSecond: number, seconds: number): Promise<Phase> {
  const tally: Tally = { took: [], shed: 0, others: [] };
  const begun = performance.now();
  const buying: Promise<void>[] = [];
  for (let next = 0; next < perSecond * seconds;) {
    const due = Math.min(perSecond * seconds, ((performance.now() - begun) / 1_000) * perSecond);
    for (; next < due; next += 1) buying.push(buy(load, load.tokens[next % load.tokens.length] ?? '', tally));
    await sleep(10);
  }
  const took = (performance.now() - begun) / 1_000;
  await Promise.all(buying);
  return phaseOf(tally, took);
}

/** A cart, one line, the checkout. Who is refused leaves. */
async function buy(load: Load, token: string, tally: Tally): Promise<void> {
  try {
    const ask = (method: string, path: string, body: unknown, headers = {}): Promise<Answer> =>
      load.shop(method, path, { token, body, headers });
    const cart = await ask('POST', '/v1/carts', { currency: 'EUR' });
    const path = `/v1/carts/${cart.body?.id}`;
    if (!isServed(load, tally, cart, 201)) return;
    if (!isServed(load, tally, await ask('POST', `${path}/lines`, { variantId: load.variantId, quantity: 1 }), 201)) return;
    const begun = performance.now();
    const delivery = await ask('PATCH', path, { email: 'ada@tandem.example', shippingAddress: address, shippingOptionId: 'standard' });
    if (!isServed(load, tally, delivery, 200)) return;
    const order = { paymentMethod: 'pm_card_visa', expectedTotal: delivery.body.total };
    if (!isServed(load, tally, await ask('POST', `${path}/checkout`, order, { 'idempotency-key': randomUUID() }), 201)) return;
    tally.took.push(performance.now() - begun);
  } catch (error) {
    tally.others.push(error instanceof Error ? error.message : String(error));
  }
}

function isServed(load: Load, tally: Tally, answer: Answer, status: number): boolean {
  if (answer.status === status) return true;
  if (answer.status === 503) {
    tally.shed += 1;
    if (answer.headers['retry-after'] === undefined) load.missing += 1;
  } else tally.others.push(`${answer.status} ${answer.body?.code ?? ''}`);
  return false;
}

function phaseOf({ took, shed, others }: Tally, seconds: number): Phase {
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { perSecond: took.length / seconds, p50: at(0.5), p99: at(0.99), confirmed: took.length, shed, others };
}

export function shown({ perSecond, p50, p99, confirmed, shed, others }: Phase): string {
  const kinds = [...new Set(others)].map((kind) => `${others.filter((other) => other === kind).length} × ${kind}`);
  return `${perSecond.toFixed(1)} orders/s, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${confirmed} confirmed, ${shed} refused${kinds.length > 0 ? `, else: ${kinds.join('; ')}` : ''}`;
}
