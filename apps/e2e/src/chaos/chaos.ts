import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { http } from '../client/http.js';
import { staff } from '../client/shopper.js';
import { productOfItsOwn, world } from '../client/world.js';
import { inParallel } from '../system/in-parallel.js';
import { launch, type System } from '../system/launch.js';
import { startBesides } from './besides.js';
import { startKiller } from './killer.js';
import { shoppingPlans } from './plan.js';
import { shop, type Visit } from './shop.js';
import { auditOf, faultsOf, leftoversOf, stockFaults } from './verify.js';

export type ChaosOptions = { readonly orders: number; readonly seed: number; readonly kafka: boolean; readonly shoppers: number; readonly killEveryMs: number; readonly drainMs: number };
export type ChaosReport = { readonly accepted: number; readonly declined: number; /** Orders told by webhook, and pictures, beside the shoppers'. */ readonly besides: { readonly orders: number; readonly pictures: number }; readonly kills: readonly string[]; readonly drainedAfterMs: number | null; readonly faults: readonly string[]; readonly seconds: number };

const stockOfEach = 10_000;
/** An endpoint whose receiver was killed thrice gets its next attempt minutes later. Source: docs/reference/webhooks.md. */
const webhooksDrainMs = 240_000;

/** Shoppers buy while a random service is killed with -9 at a fixed pace and the broker once; then everything must be there exactly once. */
export async function chaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-chaos-'));
  const system = await launch(dataDir, ['--split', '--no-seed', '--replicas', 'order=2,inventory=2', ...(options.kafka ? ['--kafka'] : [])]);
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
  const killer = startKiller(system, options, say);
  const besides = startBesides(shopHttp, sandbox, listened.variantId);
  let ended = 0;
  const visits = await inParallel(shoppingPlans(options.seed, options.orders, variants.length), options.shoppers, async (plan) => {
    const visit = await shop(shopHttp, plan, variants);
    if (++ended % 50 === 0) say(`${ended} of ${options.orders} visits`);
    return visit;
  });
  const besidesEnd = await besides.stop();
  const kills = await killer.stop();
  const lastKill = Date.now();
  say(`${visits.filter(({ kind }) => kind === 'accepted').length} orders accepted, ${kills.length} kills; draining`);
  const outside = world(sandbox);
  const look = async (): Promise<readonly string[]> => {
    const found = await Promise.all(visits.map((visit) => (visit.kind === 'accepted' ? faultsOf(visit, shopHttp, outside) : visit.kind === 'declined' ? leftoversOf(visit, outside) : [`visit ${visit.plan.number} failed: ${visit.because}`])));
    return found.flat();
  };
  const drained = await drain(look, options.drainMs);
  const freshClerk = await staff(shopHttp);
  const afterSale = await drain(() => besidesEnd.faults(), webhooksDrainMs);
  const stock = await stockFaults(freshClerk, products.map(({ variantId }) => ({ variantId, stock: stockOfEach })), visits);
  const audit = await drain(() => auditOf(freshClerk), 30_000);
  await Promise.all([shopHttp.close(), sandbox.close()]);
  const faults = [...drained.faults, ...afterSale.faults, ...stock, ...audit.faults];
  const count = (kind: Visit['kind']): number => visits.filter((visit) => visit.kind === kind).length;
  return { accepted: count('accepted'), declined: count('declined'), besides: { orders: besidesEnd.orders, pictures: besidesEnd.pictures }, kills, drainedAfterMs: drained.faults.length === 0 ? drained.at - lastKill : null, faults, seconds: Math.round((Date.now() - begun) / 1000) };
}

/** Looks until nothing is wrong, or time is up. */
async function drain(look: () => Promise<readonly string[]>, withinMs: number): Promise<{ faults: readonly string[]; at: number }> {
  const end = Date.now() + withinMs;
  for (;;) {
    const faults = await look();
    if (faults.length === 0 || Date.now() > end) return { faults, at: Date.now() };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
