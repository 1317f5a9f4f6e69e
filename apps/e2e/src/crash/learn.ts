import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { settled as settledWithin } from '../client/settled.js';
import { until } from '../client/until.js';
import { type Round, rounds, type Shop } from './rounds.js';
import { startOf, sweeps, type Sweep, withWork } from './sweeps.js';

/** Where points are passed: the shop, and the folder in which its processes write down which. */
export type Stage = { readonly at: Shop; readonly folder: string; readonly say: (line: string) => void };
/** A point, and what passes it. */
export type Known = { readonly point: string; readonly round: string; readonly drive: Sweep['drive'] };

const atOnce =
  (drive: Round): Sweep['drive'] =>
  (at, arm) => (arm(), drive(at));
const serviceOf = (point: string): string => point.split(':', 1)[0] ?? '';
/** The bank and its like are not ours; and what is asked about health changes nothing. */
const isOurs = (point: string): boolean => !/^sandbox: | getReadiness, /.test(point);

/**
 * The points of a start and of each round, each for the first that passes it; what a process has passed once it does not tell again, so all of them begin anew.
 * A sweeper's points are known twice: as it looks by itself, and with work in its hands.
 */
export async function learn({ at, folder, say }: Stage): Promise<readonly Known[]> {
  const names = (): ReadonlySet<string> => new Set(linesOf(join(folder, 'seen')));
  const starting = 'a start';
  const known: Known[] = [];
  let before: ReadonlySet<string> = new Set();
  await rested(names); // what the seed has published is no part of a start
  writeFileSync(join(folder, 'seen'), '');
  for (const [round, drive] of Object.entries({ [starting]: startOf(), ...rounds, ...sweeps })) {
    const faults = await settled(await drive(at));
    if (faults.length > 0) throw new Error(`without a crash, ${round} is wrong already: ${faults.join('; ')}`);
    await rested(names); // what comes of it late is its own, not the next one's
    const now = names();
    const fresh = [...now].filter((point) => !before.has(point) && isOurs(point));
    known.push(...fresh.map((point) => ({ point, round, drive: atOnce(round === starting ? startOf(serviceOf(point)) : drive) })));
    say(`${round}: ${fresh.length} crash points`);
    before = now;
  }
  return [...known, ...withWorkAmong(known.map(({ point }) => point))];
}

/** The points at which sweepers have work in their hands. Throws when one was not passed: it has got another name, or no round gives that sweeper work. */
export function withWorkAmong(passed: readonly string[]): readonly Known[] {
  return Object.entries(withWork).flatMap(([round, { passes, drive }]) => {
    const points = passed.filter((point) => passes.test(point));
    if (points.length === 0) throw new Error(`${round}: no crash point that was passed is one of ${String(passes)}`);
    return points.map((point) => ({ point, round, drive }));
  });
}

/** What services do by themselves is done: nothing new for three seconds. */
async function rested(names: () => ReadonlySet<string>): Promise<void> {
  await until('the services to have begun all they do', async () => {
    const { size } = names();
    await sleep(3_000);
    return names().size === size;
  });
}

/** What is still wrong a minute later. */
export const settled = (look: () => Promise<readonly string[]>): Promise<readonly string[]> => settledWithin(look, 60_000);

/** The points in a file, one a line; none while there is no file. */
export const linesOf = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
