import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { countStatements, databaseCost, type DatabaseCost } from '../adapters/pg-database-cost.js';
import { http } from '../client/http.js';
import { launch, type System } from '../system/launch.js';
import { cpuMs, processTree, pssMb } from '../system/processes.js';
import { type BenchRow, measure, postgresOf } from './measure.js';
import { operationsOf, peopleIn, wholeOrder } from './operations.js';

export type BenchOptions = { readonly operations: number; readonly startOptions: readonly string[] };
export type BenchReport = {
  readonly rows: readonly BenchRow[];
  readonly idleCorePercent: number;
  readonly pssMb: number;
  readonly order: DatabaseCost;
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
