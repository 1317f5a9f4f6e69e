import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Http, http } from '../client/http.js';
import { median } from '../system/figures.js';
import { numbers } from '../system/in-parallel.js';
import { launch, type System } from '../system/launch.js';
import { type BenchRow, measure } from './measure.js';
import { type Operation, operationsOf, peopleIn } from './operations.js';
import { type Ratio, ratioOf } from './ratio.js';

export type CompareOptions = {
  /** Another clone, built: what this one is held against. */
  readonly against: string;
  readonly rounds: number;
  /** As of the bench, for one measurement of one side. */
  readonly operations: number;
  /** A part of the names of what is compared; empty for all. */
  readonly only: string;
  readonly startOptions: readonly string[];
};
/** One line of the table: how much CPU this version takes of what the other does, of everything and of PostgreSQL; and the other's milliseconds. */
export type Comparison = {
  readonly operation: string;
  readonly shoppers: number;
  readonly otherCpuMs: number;
  readonly all: Ratio;
  readonly database: Ratio;
};

type Side = { readonly system: System; readonly shop: Http; readonly operations: ReadonlyMap<string, Operation> };

/**
 * Runs two versions side by side and lets them do the same in turn. The speed of a machine wavers by the hour more than a change does; a pair's two halves
 * are seconds apart. Who goes first changes with each round.
 */
export async function compare(options: CompareOptions, say: (line: string) => void): Promise<readonly Comparison[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-compare-'));
  const systems: System[] = [];
  try {
    const begin = async (name: string, workspace?: string): Promise<Side> => {
      const system = await launch(join(dataDir, name), options.startOptions, workspace);
      systems.push(system);
      return sideOf(system);
    };
    const other = await begin('other', options.against);
    const own = await begin('own');
    const table: Comparison[] = [];
    for (const name of own.operations.keys()) {
      if (!name.includes(options.only)) continue;
      for (const side of [other, own]) await once(side, { name, shoppers: 8, options }); // not counted: code is compiled, plans are made
      for (const shoppers of [1, 8]) {
        const line = await inTurn({ other, own }, { name, shoppers, options });
        table.push(line);
        say(`${name} at ${shoppers}: CPU × ${shown(line.all)}`);
      }
    }
    await Promise.all([other, own].map(({ shop }) => shop.close()));
    return table;
  } finally {
    for (const system of systems) await system.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A ratio and its bounds, as a table has them. */
export const shown = ({ mean, low, high }: Ratio): string => `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

async function sideOf(system: System): Promise<Side> {
  const shop = http(system.storefrontUrl);
  return { system, shop, operations: new Map((await operationsOf(shop)).map((operation) => [operation.name, operation])) };
}

type Turn = { readonly name: string; readonly shoppers: number; readonly options: CompareOptions };

async function once({ system, shop, operations }: Side, { name, shoppers, options }: Turn): Promise<BenchRow> {
  const operation = operations.get(name);
  if (!operation) throw new Error(`no operation is called ${name}`);
  return measure(system, await peopleIn(shop, shoppers), { operation, count: Math.ceil(options.operations * operation.share) });
}

async function inTurn({ other, own }: { readonly other: Side; readonly own: Side }, turn: Turn): Promise<Comparison> {
  const pairs: { other: BenchRow; own: BenchRow }[] = [];
  for (const round of numbers(turn.options.rounds)) {
    const first = round % 2 === 0 ? await once(other, turn) : undefined;
    const mine = await once(own, turn);
    pairs.push({ other: first ?? (await once(other, turn)), own: mine });
  }
  const ratio = (cost: 'cpuMs' | 'databaseCpuMs'): Ratio => ratioOf(pairs.map((pair) => [pair.other[cost], pair.own[cost]]));
  return {
    operation: turn.name,
    shoppers: turn.shoppers,
    otherCpuMs: median(pairs.map((pair) => pair.other.cpuMs)),
    all: ratio('cpuMs'),
    database: ratio('databaseCpuMs'),
  };
}
