import type { Shopper } from '../client/shopper.js';
import { percentile } from '../system/figures.js';
import type { System } from '../system/launch.js';
import { cpuMs, processTree } from '../system/processes.js';
import type { Operation } from './operations.js';

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

/** Does an operation `count` times, by these shoppers side by side, and waits until it has settled. */
export async function measure(
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
  return {
    operation: operation.name,
    shoppers: people.length,
    cpuMs: (after.all - before.all) / took.length,
    databaseCpuMs: (after.database - before.database) / took.length,
    perSecond: took.length / seconds,
    p50: percentile(took, 0.5),
    p95: percentile(took, 0.95),
    p99: percentile(took, 0.99),
  };
}

/** The process id of the database. Throws when the system has none of its own. */
export function postgresOf(system: System): number {
  const pid = system.pids().get('postgres');
  if (pid === undefined) throw new Error('the database of this system is not its own, so its costs cannot be told');
  return pid;
}
