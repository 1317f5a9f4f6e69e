import { join } from 'node:path';
import { publishedIn } from '../adapters/published.js';
import { http } from '../client/http.js';
import { settled } from '../client/settled.js';
import { patientStaff, staff } from '../client/shopper.js';
import { productOfItsOwn } from '../client/world.js';
import { inParallel } from '../system/in-parallel.js';
import type { System } from '../system/launch.js';
import { pidOf } from '../system/outage.js';
import { environmentOf } from '../system/processes.js';
import { withSystem } from '../system/with-system.js';
import { workspaceRoot } from '../system/workspace.js';
import { startBesides } from './besides.js';
import { endsOf } from './ends.js';
import { openJournal } from './journal.js';
import { startKiller } from './killer.js';
import { type ServerName, shoppingPlans } from './plan.js';
import { shop, type Visit } from './shop.js';
import { topicFaults } from './topic.js';
import { auditOf, stockFaults } from './verify.js';

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
  /** Answered 202, and cancelled later: declined after all, or the bank could not be asked for long. */
  readonly givenUp: number;
  /** Orders told by webhook, and pictures, beside the shoppers'. */
  readonly besides: { readonly orders: number; readonly pictures: number };
  readonly kills: readonly string[];
  readonly drainedAfterMs: number | null;
  readonly faults: readonly string[];
  readonly seconds: number;
  /** Visits that ended per second while they came: what the machine sustains under these kills. */
  readonly visitsPerSecond: number;
};

const stockOfEach = 10_000;
/** An endpoint whose receiver was killed thrice gets its next attempt minutes later. Source: docs/reference/webhooks.md. */
const webhooksDrainMs = 240_000;

/** Shoppers buy while a random service is killed with -9 at a fixed pace, and the broker and PostgreSQL in their turn; then everything must be there exactly once. */
export function chaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const startOptions = ['--split', '--no-seed', '--replicas', 'order=2,inventory=2', ...(options.kafka ? ['--kafka'] : [])];
  return withSystem(startOptions, (system) => run(system, options, say));
}

async function run(system: System, options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const begun = Date.now();
  const shopHttp = http(system.storefrontUrl);
  const sandbox = http(system.sandboxUrl);
  const clerk = await staff(shopHttp);
  const products = await Promise.all(Array.from({ length: 20 }, () => productOfItsOwn(clerk, stockOfEach)));
  const variants = products.map(({ variantId }) => variantId);
  const listened = await productOfItsOwn(clerk, stockOfEach);
  const servers: readonly ServerName[] = options.kafka ? ['kafka', 'postgres'] : ['postgres'];
  const killer = startKiller(system, { ...options, servers }, say);
  const besides = startBesides(shopHttp, sandbox, listened.variantId);
  const opened = Date.now();
  let ended = 0;
  const journal = openJournal(join(workspaceRoot, '.tandem/chaos', `${options.kafka ? 'kafka' : 'postgres'}-${options.seed}.jsonl`));
  await inParallel(shoppingPlans(options.seed, options.orders, variants.length), options.shoppers, async (plan) => {
    journal.note(await shop(shopHttp, plan, variants));
    if (++ended % Math.max(50, Math.ceil(options.orders / 20)) === 0) say(`${ended} of ${options.orders} visits`);
  });
  const visitsPerSecond = options.orders / ((Date.now() - opened) / 1000);
  const begunVisits = journal.visits();
  journal.close();
  const besidesEnd = await besides.stop();
  const kills = await killer.stop();
  const lastKill = Date.now();
  say(`${begunVisits.filter(({ kind }) => kind === 'accepted').length} orders accepted, ${kills.length} kills; draining`);
  const { visits, faults: ofVisits, drainedAt } = await endsOf(begunVisits, { shopHttp, sandbox, endsBy: lastKill + options.drainMs });
  const freshClerk = await patientStaff(shopHttp);
  const afterSale = await settled(() => besidesEnd.faults(), webhooksDrainMs);
  const stock = await stockFaults(
    freshClerk,
    products.map(({ variantId }) => ({ variantId, stock: stockOfEach })),
    visits,
  );
  const sold = [...visits.flatMap((visit) => (visit.kind === 'accepted' ? [visit.orderId] : [])), ...besidesEnd.orders];
  const topic = topicFaults(await publishedIn('order', environmentOf(pidOf(system, 'order'))), sold);
  const audit = await settled(() => auditOf(freshClerk), 30_000);
  await Promise.all([shopHttp.close(), sandbox.close()]);
  const faults = [
    ...servers.filter((server) => !kills.includes(server)).map((server) => `${server} was never killed`),
    ...(drainedAt === undefined ? [`something waits or is wrong ${options.drainMs} ms after the last kill`] : []),
    ...ofVisits,
    ...afterSale,
    ...stock,
    ...topic,
    ...audit,
  ];
  const count = (kind: Visit['kind']): number => visits.filter((visit) => visit.kind === kind).length;
  return {
    accepted: count('accepted'),
    declined: count('declined'),
    givenUp: count('given-up'),
    besides: { orders: besidesEnd.orders.length, pictures: besidesEnd.pictures },
    kills,
    drainedAfterMs: drainedAt === undefined ? null : drainedAt - lastKill,
    faults,
    seconds: Math.round((Date.now() - begun) / 1000),
    visitsPerSecond,
  };
}
