import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess } from '../processes.js';
import { workspaceRoot } from '../workspace.js';
import { type DataFolder, removePid, writePid } from './data-folder.js';
import { restartDelay } from './restart.js';
import type { Process } from './system.js';

export type Supervisor = {
  start(): Promise<void>;
  /** Why a process that never came up cannot: its name, after it has ended `limit` times in a row. */
  failing(limit: number): string | undefined;
  /** Lets every process drain (SIGTERM) and waits until the last is gone. Nothing is restarted any more. */
  stop(): Promise<void>;
};

type Life = { child?: ChildProcess; startedAt: number; earlyDeaths: number; timer?: NodeJS.Timeout };

/** A drain takes up to 15 s in the services; this is a little more. */
const patienceMs = 20_000;

/**
 * Keeps processes alive. Each has a session of its own, so that Ctrl-C reaches this process alone and the way down has an order; its output
 * goes to `logs/<name>.log`, its id to `run/<name>.pid`.
 */
export function createSupervisor(processes: readonly Process[], folder: DataFolder, say: (line: string) => void): Supervisor {
  const lives = new Map(processes.map((process) => [process.name, { startedAt: 0, earlyDeaths: 0 } as Life]));
  let isStopping = false;

  const launch = async (process: Process, life: Life): Promise<void> => {
    const child = spawnProcess(process, folder);
    life.child = child;
    life.startedAt = Date.now();
    child.once('exit', (code, signal) => onExit(process, life, signal ?? `code ${code}`));
    child.once('error', (error) => say(`${process.name} cannot be started: ${error.message}`));
    if (child.pid !== undefined) await writePid(folder, process.name, { pid: child.pid, part: process.part, mark: process.script });
  };

  const onExit = (process: Process, life: Life, how: string): void => {
    delete life.child;
    if (isStopping) return;
    const { delayMs, earlyDeaths } = restartDelay(Date.now() - life.startedAt, life.earlyDeaths);
    life.earlyDeaths = earlyDeaths;
    say(
      `${process.name} ended (${how}); started again${delayMs > 0 ? ` in ${delayMs} ms` : ''} · ${join(folder.logs, `${process.name}.log`)}`,
    );
    life.timer = setTimeout(
      () => void launch(process, life).catch((error: unknown) => say(`${process.name} cannot be started again: ${String(error)}`)),
      delayMs,
    );
  };

  const end = async (process: Process): Promise<void> => {
    const life = lives.get(process.name);
    clearTimeout(life?.timer);
    const pid = life?.child?.pid;
    if (pid !== undefined) await endProcess(pid, 'SIGTERM', patienceMs);
    await removePid(folder, process.name);
  };

  return {
    start: async () => {
      await mkdir(folder.logs, { recursive: true });
      for (const process of processes) await launch(process, lives.get(process.name) ?? { startedAt: 0, earlyDeaths: 0 });
    },
    failing: (limit) => [...lives].find(([, life]) => life.earlyDeaths >= limit)?.[0],
    stop: async () => {
      isStopping = true;
      await Promise.all(processes.map(end));
    },
  };
}

/**
 * V8 sizes its heap by the machine's memory and lets 300 MB of garbage lie on a large one before it looks. A whole shop under load lives in 150 MB;
 * at this size a process collects instead of growing, and one that needs more ends and is started again. A limit in `NODE_OPTIONS` wins: as an
 * argument ours would go before it.
 */
const heapMb = 512;

function heapLimit(nodeOptions = ''): readonly string[] {
  return /--max[-_]old[-_]space[-_]size/.test(nodeOptions) ? [] : [`--max-old-space-size=${heapMb}`];
}

function spawnProcess({ name, script, env }: Process, folder: DataFolder): ChildProcess {
  const log = openSync(join(folder.logs, `${name}.log`), 'a');
  const child = spawn(process.execPath, [...heapLimit(env['NODE_OPTIONS']), '--enable-source-maps', script], {
    cwd: workspaceRoot,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
}
