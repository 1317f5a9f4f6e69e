import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Http, http } from '../client/http.js';
import { queuesAreEmpty } from '../client/queues.js';
import { settled } from '../client/settled.js';
import { staff } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn, world } from '../client/world.js';
import { inParallel } from '../system/in-parallel.js';
import { launch, type System } from '../system/launch.js';
import { startBesides } from './besides.js';
import { startKiller } from './killer.js';
import { shoppingPlans } from './plan.js';
import { shop, type Visit } from './shop.js';
import { auditOf, faultsOf, givenUpFaults, leftoversOf, stockFaults } from './verify.js';

export type ChaosOptions = {
  readonly orders: number;
  readonly seed: number;
  readonly kafka: boolean;
  readonly shoppers: number;
  readonly killEveryMs: number;
  readonly drainMs: number;
};
export type ChaosReport = {
  readonly accepted: number;
  readonly declined: number;
  /** Answered 202, and given up as the bank could not be asked for long. */ readonly givenUp: number;
  /** Orders told by webhook, and pictures, beside the shoppers'. */ readonly besides: {
    readonly orders: number;
    readonly pictures: number;
  };
  readonly kills: readonly string[];
  readonly drainedAfterMs: number | null;
  readonly faults: readonly string[];
  readonly seconds: number;
};

const stockOfEach = 10_000;
/** An endpoint whose receiver was killed thrice gets its next attempt minutes later. Source: docs/reference/webhooks.md. */
const webhooksDrainMs = 240_000;

/** Orders are looked at so many at once, and so many before the token is too old. */
const looksAtOnce = 8;
const looksWithOneToken = 1_000;

/** Shoppers buy while a random service is killed with -9 at a fixed pace, and the broker and PostgreSQL in their turn; then everything must be there exactly once. */
export async function chaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-chaos-'));
  const system = await launch(dataDir, [
    '--split',
    '--no-seed',
    '--replicas',
    'order=2,inventory=2',
    ...(options.kafka ? ['--kafka'] : []),
  ]);
  try {
    return await run(system, options, say);
  } finally {
    await system.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function run(system: System, options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const begun = Date.now();
  const shopHttp = http(system.storefrontUrl);
  const sandbox = http(system.sandboxUrl);
  const clerk = await staff(shopHttp);
  const products = await Promise.all(Array.from({ length: 20 }, () => productOfItsOwn(clerk, stockOfEach)));
  const variants = products.map(({ variantId }) => variantId);
  const listened = await productOfItsOwn(clerk, stockOfEach);
  const killer = startKiller(system, { ...options, servers: options.kafka ? ['kafka', 'postgres'] : ['postgres'] }, say);
  const besides = startBesides(shopHttp, sandbox, listened.variantId);
  let ended = 0;
  const begunVisits = await inParallel(shoppingPlans(options.seed, options.orders, variants.length), options.shoppers, async (plan) => {
    const visit = await shop(shopHttp, plan, variants);
    if (++ended % Math.max(50, options.orders / 20) === 0) say(`${ended} of ${options.orders} visits`);
    return visit;
  });
  const besidesEnd = await besides.stop();
  const kills = await killer.stop();
  const lastKill = Date.now();
  say(`${begunVisits.filter(({ kind }) => kind === 'accepted').length} orders accepted, ${kills.length} kills; draining`);
  const { visits, faults: ofVisits, drainedAt } = await ends(begunVisits, { shopHttp, sandbox, until: lastKill + options.drainMs });
  const freshClerk = await staff(shopHttp);
  const afterSale = await settled(() => besidesEnd.faults(), webhooksDrainMs);
  const stock = await stockFaults(
    freshClerk,
    products.map(({ variantId }) => ({ variantId, stock: stockOfEach })),
    visits,
  );
  const audit = await settled(() => auditOf(freshClerk), 30_000);
  await Promise.all([shopHttp.close(), sandbox.close()]);
  const faults = [
    ...(drainedAt === undefined ? [`something waits ${options.drainMs} ms after the last kill`] : []),
    ...ofVisits,
    ...afterSale,
    ...stock,
    ...audit,
  ];
  const count = (kind: Visit['kind']): number => visits.filter((visit) => visit.kind === kind).length;
  return {
    accepted: count('accepted'),
    declined: count('declined'),
    givenUp: count('given-up'),
    besides: { orders: besidesEnd.orders, pictures: besidesEnd.pictures },
    kills,
    drainedAfterMs: drainedAt === undefined ? null : drainedAt - lastKill,
    faults,
    seconds: Math.round((Date.now() - begun) / 1000),
  };
}

type Ends = {
  readonly visits: readonly Visit[];
  readonly faults: readonly string[];
  /** When nothing waited any more and every order was right; undefined when that never came. */ readonly drainedAt: number | undefined;
};

/** Waits until nothing waits any more, then looks at every order, and until time is up again at those that are not right yet. */
async function ends(
  begun: readonly Visit[],
  { shopHttp, sandbox, until: end }: { readonly shopHttp: Http; readonly sandbox: Http; readonly until: number },
): Promise<Ends> {
  const isEmpty = (): Promise<boolean> =>
    staff(shopHttp)
      .then(queuesAreEmpty)
      .catch(() => false); // the shop may be on its way up
  const emptyAt = await until('empty queues', isEmpty, end - Date.now()).then(Date.now, () => undefined);
  const visits = await withEnds(begun, shopHttp);
  const wrong = await wrongVisits(visits, shopHttp, sandbox);
  const again = async (): Promise<readonly string[]> =>
    (
      await wrongVisits(
        wrong.map(({ visit }) => visit),
        shopHttp,
        sandbox,
      )
    ).flatMap(({ faults }) => faults);
  const faults = await settled(again, end - Date.now());
  return { visits, faults, drainedAt: wrong.length === 0 ? emptyAt : Date.now() };
}

/** The same visits; the shop may have given up an order that it had answered with 202. */
async function withEnds(visits: readonly Visit[], shopHttp: Http): Promise<readonly Visit[]> {
  const clerk = await staff(shopHttp);
  return inParallel(visits, looksAtOnce, async (visit): Promise<Visit> => {
    const isGivenUp = visit.kind === 'accepted' && visit.isOpen === true && (await clerk.order(visit.orderId)).status === 'cancelled';
    return isGivenUp ? { ...visit, kind: 'given-up' } : visit;
  });
}

/** The visits that left something wrong. Staff look: the shoppers' own tokens may be too old by now. */
async function wrongVisits(
  visits: readonly Visit[],
  shopHttp: Http,
  sandbox: Http,
): Promise<readonly { readonly visit: Visit; readonly faults: readonly string[] }[]> {
  const outside = world(sandbox);
  const found: { visit: Visit; faults: readonly string[] }[] = [];
  for (let from = 0; from < visits.length; from += looksWithOneToken) {
    const { token } = await staff(shopHttp);
    await inParallel(visits.slice(from, from + looksWithOneToken), looksAtOnce, async (visit) => {
      if (visit.kind === 'accepted') found.push({ visit, faults: await faultsOf({ ...visit, token }, shopHttp, outside) });
      else if (visit.kind === 'given-up') found.push({ visit, faults: await givenUpFaults({ ...visit, token }, shopHttp, outside) });
      else if (visit.kind === 'declined') found.push({ visit, faults: await leftoversOf(visit, outside) });
      else found.push({ visit, faults: [`visit ${visit.plan.number} failed: ${visit.because}`] });
    });
  }
  return found.filter(({ faults }) => faults.length > 0);
}
