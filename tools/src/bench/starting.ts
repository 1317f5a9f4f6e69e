import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.js';
import { dataFolder, runningParts } from '../start/data-folder.js';
import { newDataDir, removeDataDir } from '../testing/system-under-test.js';
import { workspaceRoot } from '../workspace.js';
import { usageOf } from './cpu.js';

/** What a start takes. Seconds from the command to the line that says it is ready, one of each kind a round; at rest, everything that runs. */
export type StartReport = {
  readonly first: readonly number[];
  readonly again: readonly number[];
  readonly idleCorePercent: number;
  readonly pssMb: number;
};

/** Connections that close and caches that fill are not rest yet. */
const untilIdleMs = 15_000;
const idleMs = 20_000;

/** Starts the whole shop as `npm start` does, on new data and again on the same, `rounds` over (1 or more); the last one is left alone for a while and looked at. */
export async function benchStart(rounds: number, say: (line: string) => void): Promise<StartReport> {
  const [first, again]: [number[], number[]] = [[], []];
  let rest = { idleCorePercent: NaN, pssMb: NaN };
  for (let round = 1; round <= rounds; round += 1) {
    const dataDir = await newDataDir();
    try {
      first.push(await startOnce(dataDir));
      again.push(await startOnce(dataDir, async () => void (round === rounds && (rest = await atRest(dataDir)))));
      say(`round ${round}: ready after ${first.at(-1)?.toFixed(1)} s, again after ${again.at(-1)?.toFixed(1)} s`);
    } finally {
      await removeDataDir(dataDir);
    }
  }
  return { first, again, ...rest };
}

/** Answers after how many seconds it was ready; it is ended after `whenReady`. */
async function startOnce(dataDir: string, whenReady: () => Promise<void> = () => Promise.resolve()): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['tools/start.mjs', '--data', dataDir], {
    cwd: workspaceRoot,
    env: {
      ...process.env,
      STOREFRONT_PORT: '0',
      SANDBOX_PORT: '0',
      SANDBOX_SMTP_PORT: '0',
      DATABASE_URL: '',
      KAFKA_BROKERS: '',
      SMTP_URL: '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface(child.stdout)) {
      if (!line.startsWith('Tandem is ready')) continue;
      const seconds = (performance.now() - begun) / 1_000;
      await whenReady();
      return seconds;
    }
    throw new Failure('The system ended before it was ready.');
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

async function atRest(dataDir: string): Promise<{ readonly idleCorePercent: number; readonly pssMb: number }> {
  await sleep(untilIdleMs);
  const pids = (await runningParts(dataFolder(dataDir))).map(({ pid }) => pid);
  const before = usageOf(pids);
  await sleep(idleMs);
  const { cpuMs, pssMb } = usageOf(pids);
  return { idleCorePercent: ((cpuMs - before.cpuMs) / idleMs) * 100, pssMb };
}
