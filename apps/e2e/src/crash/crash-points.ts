import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditOf } from '../chaos/verify.js';
import { http } from '../client/http.js';
import { patientStaff, type Shopper, staff } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { until } from '../client/until.js';
import { hallOfItsOwn, productOfItsOwn, world } from '../client/world.js';
import type { System } from '../system/launch.js';
import { crash } from '../system/outage.js';
import { isRunning } from '../system/processes.js';
import { withSystem } from '../system/with-system.js';
import { learn, linesOf, settled, type Stage } from './learn.js';
import type { Shop } from './rounds.js';
import { reservationSeconds, type Sweep } from './sweeps.js';

export type CrashOptions = {
  readonly kafka: boolean;
  /** Only points whose name, with ` in ` and the round's behind it, matches. */ readonly only: RegExp;
  /** One of so many, spread evenly; 1 is every one. */ readonly every: number;
};
export type CrashReport = {
  readonly points: number;
  readonly reached: number;
  /** Reached once, and not again while armed. */ readonly missed: readonly string[];
  readonly faults: readonly string[];
  readonly seconds: number;
};

const settleMs = 60_000;
/** What consumers do comes so long after the shopper is answered; and what is kept of another service (tariffs, 5 s) is asked for anew at the next try. Milliseconds. */
const lateMs = 20_000;
/** A token lasts ten minutes, and a round, tried thrice, takes six at most. Milliseconds. */
const oneTokenMs = 3 * 60_000;

/**
 * Every service is started anew and every round is driven once, to learn which crash points they pass; then once for each of them, with that one armed: the process dies there as by kill -9,
 * the supervisor starts it again, the shopper insists. After each crash the round's own effects must be there exactly once; in the end the auditor finds nothing.
 */
export async function crashEverywhere(options: CrashOptions, say: (line: string) => void): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-crash-points-'));
  process.env['CRASH_POINTS'] = folder;
  process.env['BANK_TIMEOUT_MS'] ??= '1000';
  process.env['ORDER_RESERVATION_SECONDS'] = String(reservationSeconds);
  try {
    const startOptions = ['--split', '--no-seed', ...(options.kafka ? ['--kafka'] : [])];
    return await withSystem(startOptions, (system) => run(system, { options, folder, say }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Running = { readonly options: CrashOptions; readonly folder: string; readonly say: (line: string) => void };

async function run(system: System, { options, folder, say }: Running): Promise<CrashReport> {
  const begun = Date.now();
  const [shop, sandbox] = [http(system.storefrontUrl), http(system.sandboxUrl)];
  try {
    const clerk = await staff(shop);
    const [cheap, dear] = [await productOfItsOwn(clerk, 100_000), await productOfItsOwn(clerk, 100_000, 50_000)];
    const at: Shop = {
      http: shop,
      sandbox,
      outside: world(sandbox),
      clerkToken: clerk.token,
      variants: [cheap.variantId, dear.variantId],
      hall: await hallOf(clerk),
      kill: (service) => killed(system, service),
    };
    let stage: Stage = { at, folder, say };
    let tokenOf = begun;
    const known = spread(
      (await learn(stage)).filter(({ point, round }) => options.only.test(`${point} in ${round}`)),
      options.every,
    );
    say(`${known.length} crash points`);
    const found = [];
    for (const [index, { point, round, drive }] of known.entries()) {
      if (Date.now() - tokenOf > oneTokenMs) {
        stage = { ...stage, at: { ...at, clerkToken: (await patientStaff(shop)).token } };
        tokenOf = Date.now();
      }
      const result = await crashAtLast(stage, point, drive);
      found.push({ point, ...result });
      say(
        `${index + 1} of ${known.length} ${result.isReached ? 'died at' : 'did not come by'} "${point}" in ${round}: ${result.faults.length === 0 ? 'all well' : result.faults.join('; ')}`,
      );
    }
    const looker = await patientStaff(shop);
    const audit = await settled(() => auditOf(looker));
    const stock = await settled(async () =>
      (await Promise.all(at.variants.map((variantId) => stockOf(looker, variantId)))).flatMap(({ reserved }) =>
        reserved === 0 ? [] : [`${reserved} units are still reserved`],
      ),
    );
    const faults = [...found.flatMap(({ point, faults: wrong }) => wrong.map((fault) => `after "${point}": ${fault}`)), ...audit, ...stock];
    const missed = found.filter(({ isReached }) => !isReached).map(({ point }) => point);
    return {
      points: known.length,
      reached: known.length - missed.length,
      missed,
      faults,
      seconds: Math.round((Date.now() - begun) / 1000),
    };
  } finally {
    await Promise.all([shop.close(), sandbox.close()]);
  }
}

async function hallOf(clerk: Shopper): Promise<Shop['hall']> {
  const seats = Array.from({ length: 500 }, (_, n) => `S${n + 1}`);
  const { variantId } = await hallOfItsOwn(clerk, seats);
  const code = 'CRASH10';
  const made = await clerk.ask('POST', '/admin/v1/promotions', {
    title: 'For the last row',
    code,
    effect: { kind: 'percentage', basisPoints: 1_000 },
  });
  if (made.status !== 201) throw new Error(`a promotion was answered ${made.status} ${made.text}`);
  return {
    variantId,
    code,
    nextSeat: () => {
      const seat = seats.shift();
      if (seat === undefined) throw new Error('the hall is sold out');
      return seat;
    },
  };
}

type Crash = { readonly isReached: boolean; readonly faults: readonly string[] };

/** Which way a round takes is also a matter of who is first and of what is still known: what it did not come by is tried thrice. */
async function crashAtLast(stage: Stage, point: string, drive: Sweep['drive']): Promise<Crash> {
  const faults: string[] = [];
  for (let attempt = 1; ; attempt++) {
    const result = await crashAt(stage, point, drive);
    faults.push(...result.faults);
    if (result.isReached || attempt === 3) return { isReached: result.isReached, faults };
  }
}

async function crashAt({ at, folder }: Stage, point: string, drive: Sweep['drive']): Promise<Crash> {
  const armed = join(folder, 'armed');
  const arm = (): void => {
    writeFileSync(`${armed}.new`, point);
    renameSync(`${armed}.new`, armed); // never read half written
  };
  const driven = await drive(at, arm).catch((error: unknown) => (error as Error).message);
  const look = (): Promise<readonly string[]> => (typeof driven === 'string' ? Promise.resolve([driven]) : settled(driven));
  const atOnce = await look(); // who looks calls the system, too, and may be who comes by
  const isReached = await until(`"${point}"`, () => Promise.resolve(!existsSync(armed)), lateMs).catch(() => false);
  const faults = isReached ? await look() : atOnce;
  rmSync(armed, { force: true });
  await until('the shop to be whole again', async () => (await at.http('GET', '/readyz').catch(() => undefined))?.status === 200, settleMs);
  return { isReached: isReached && linesOf(join(folder, 'crashed')).includes(point), faults };
}

function spread<T>(items: readonly T[], every: number): readonly T[] {
  return items.filter((_, index) => index % every === 0);
}

async function killed(system: System, service?: string): Promise<void> {
  const servers = ['supervisor', 'postgres', 'kafka', 'sandbox'];
  const victims = [...system.pids()].filter(([part]) => (service === undefined ? !servers.includes(part) : part === service));
  for (const [part, pid] of victims) unlessGone(() => crash(part, pid));
  const isThere = ([part, before]: readonly [string, number]): boolean => {
    const pid = system.pids().get(part);
    return pid !== undefined && pid !== before && isRunning(pid);
  };
  await until('what was killed to be started again', () => Promise.resolve(victims.every(isThere)), settleMs);
}

/** Who came by the point and died of it in this moment is started again all the same. */
function unlessGone(kill: () => void): void {
  try {
    kill();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
