import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Http, http } from '../client/http.js';
import { expecting, guest, newCustomer, type Shopper, staff } from '../client/shopper.js';
import { queuesAreEmpty } from '../client/queues.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { launch, type System } from '../system/launch.js';
import { cpuMs, processTree, pssMb } from '../system/processes.js';
import { countStatements, databaseCost, type DatabaseCost } from '../adapters/pg-database-cost.js';

export type BenchOptions = { readonly operations: number; readonly startOptions: readonly string[] };
/** One line of the table. CPU is of all processes, database and broker, but not of the client; `databaseCpuMs` is PostgreSQL's part of it. Milliseconds. */
export type BenchRow = {
  readonly operation: string;
  readonly shoppers: number;
  readonly cpuMs: number;
  readonly databaseCpuMs: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
};
export type BenchReport = {
  readonly rows: readonly BenchRow[];
  readonly idleCorePercent: number;
  readonly pssMb: number;
  readonly order: DatabaseCost;
};

const wholeOrder = 'cart to confirmed, all effects';

type Operation = {
  readonly name: string;
  /** How often it is done, as a share of `operations`: with the default each row takes a second or so, CPU being counted in hundredths. */
  readonly share: number;
  readonly run: (shopper: Shopper) => Promise<void>;
  readonly settle: () => Promise<void>;
};

/** Measures what a shopper does, at 1 and at 8 shoppers, on a system of its own. */
export async function bench({ operations, startOptions }: BenchOptions, say: (line: string) => void): Promise<BenchReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  try {
    const costs = await benchOperations(await launch(dataDir, startOptions), operations, say);
    const order = await benchStatements(await launch(dataDir, startOptions), Math.ceil(operations / 4));
    return { ...costs, order };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function benchOperations(system: System, operations: number, say: (line: string) => void): Promise<Omit<BenchReport, 'order'>> {
  const shop = http(system.storefrontUrl);
  try {
    const idleCorePercent = await idle(system);
    const rows: BenchRow[] = [];
    for (const operation of await operationsOf(shop)) {
      const count = Math.ceil(operations * operation.share);
      await measure(system, await peopleIn(shop, 8), { operation, count }); // what is done for the first times costs more: code not yet compiled, plans not yet made
      for (const shoppers of [1, 8]) {
        const row = await measure(system, await peopleIn(shop, shoppers), { operation, count });
        rows.push(row);
        say(`${row.operation} at ${shoppers}: ${row.cpuMs.toFixed(2)} ms CPU`);
      }
    }
    countStatements(postgresOf(system));
    return { rows, idleCorePercent, pssMb: pssMb(processTree(system.pids().values())) };
  } finally {
    await shop.close();
    await system.stop();
  }
}

/** Orders of 8 shoppers on a server that counts statements. */
async function benchStatements(system: System, count: number): Promise<DatabaseCost> {
  const shop = http(system.storefrontUrl);
  try {
    const operation = (await operationsOf(shop)).find(({ name }) => name === wholeOrder);
    if (!operation) throw new Error('no operation to count the statements of');
    const people = await peopleIn(shop, 8);
    await measure(system, people, { operation, count: 100 }); // prepares the statements
    return await databaseCost(postgresOf(system), count, async () => void (await measure(system, people, { operation, count })));
  } finally {
    await shop.close();
    await system.stop();
  }
}

async function operationsOf(shop: Http): Promise<readonly Operation[]> {
  const clerk = await staff(shop);
  const product = await productOfItsOwn(clerk, 1_000_000);
  const other = await productOfItsOwn(clerk, 1_000_000);
  const list = expecting(200, await shop('GET', '/v1/products?limit=20')).body;
  const slugs = list.data.map(({ slug }: { slug: string }) => slug) as string[];
  let turn = 0;
  const nothing = async (): Promise<void> => undefined;
  const fill = async (shopper: Shopper): Promise<string> => {
    const cartId = await shopper.newCart();
    expecting(201, await shopper.add(cartId, product.variantId, 1));
    expecting(201, await shopper.add(cartId, other.variantId, 2));
    return cartId;
  };
  let lastOrder: { shopper: Shopper; id: string } | undefined;
  const order = async (shopper: Shopper): Promise<void> => {
    const paid = expecting(201, await shopper.checkout(await fill(shopper)));
    lastOrder = { shopper, id: paid.body.id };
  };
  const allEffects = (): Promise<void> => settled(clerk, lastOrder);
  return [
    {
      name: 'list of 20 products',
      share: 4,
      run: async (shopper) => void expecting(200, await shopper.ask('GET', '/v1/products?limit=20')),
      settle: nothing,
    },
    {
      name: 'product',
      share: 8,
      run: async (shopper) => void expecting(200, await shopper.ask('GET', `/v1/products/${slugs[turn++ % slugs.length]}`)),
      settle: nothing,
    },
    { name: 'cart with two adds', share: 0.5, run: async (shopper) => void (await fill(shopper)), settle: nothing },
    { name: wholeOrder, share: 0.25, run: order, settle: allEffects },
    {
      name: 'flow of an order, by staff',
      share: 0.5,
      run: async () => void expecting(200, await clerk.ask('GET', `/ops/v1/flows/${lastOrder?.id}`)),
      settle: nothing,
    },
  ];
}

/** Waits until every consumer has caught up and every outbox is empty, so that their CPU is counted. */
async function settled(clerk: Shopper, last: { shopper: Shopper; id: string } | undefined): Promise<void> {
  if (last)
    await until(
      'the effects of the last order',
      async () => (await last.shopper.events(last.id)).some(({ type }) => type === 'notification.sent'),
      60_000,
    );
  await until('empty queues', () => queuesAreEmpty(clerk), 60_000);
}

function peopleIn(shop: Http, count: number): Promise<readonly Shopper[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => (n % 2 === 0 ? newCustomer(shop) : guest(shop))));
}

async function measure(
  system: System,
  people: readonly Shopper[],
  { operation, count }: { operation: Operation; count: number },
): Promise<BenchRow> {
  const used = (): { all: number; database: number } => {
    const parts = system.pids();
    return { all: cpuMs(processTree(parts.values())), database: cpuMs(processTree([postgresOf(system)])) };
  };
  const took: number[] = [];
  const before = used();
  const begun = performance.now();
  let left = count;
  await Promise.all(
    people.map(async (shopper) => {
      while (left-- > 0) {
        const start = performance.now();
        await operation.run(shopper);
        took.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  await operation.settle();
  const after = used();
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return {
    operation: operation.name,
    shoppers: people.length,
    cpuMs: (after.all - before.all) / took.length,
    databaseCpuMs: (after.database - before.database) / took.length,
    perSecond: took.length / seconds,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
}

/** What a load leaves behind, connections that close and rows to be vacuumed, is not idleness yet. */
const untilIdleMs = 15_000;
const idleMs = 20_000;

/** Percent of one core that the system takes when nobody shops. */
async function idle(system: System): Promise<number> {
  await sleep(untilIdleMs);
  const pids = processTree(system.pids().values());
  const before = cpuMs(pids);
  await sleep(idleMs);
  return ((cpuMs(pids) - before) / idleMs) * 100;
}

function postgresOf(system: System): number {
  const pid = system.pids().get('postgres');
  if (pid === undefined) throw new Error('the database of this system is not its own, so its costs cannot be told');
  return pid;
}
