import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess } from '../processes.js';
import { workspaceRoot } from '../workspace.js';
import { type DataFolder, removePid, writePid } from './data-folder.js';
import type { Failing } from './failing.js';
import { restartDelay } from './restart.js';
import type { Process } from './system.js';

export type Supervisor = {
  start(): Promise<void>;
  /** A process that does not come up: it has ended `limit` times in a row, or refused its configuration. */
  failing(limit: number): Failing | undefined;
  /** Resolves when a process refuses its configuration, whenever that is. It is not started again. */
  readonly refused: Promise<Failing>;
  /** Lets every process drain (SIGTERM) and waits until the last is gone. Nothing is restarted any more. */
  stop(): Promise<void>;
};

type Life = {
  child?: ChildProcess;
  startedAt: number;
  logFrom: number;
  earlyDeaths: number;
  refusesConfiguration: boolean;
  timer?: NodeJS.Timeout;
};

const unborn = (): Life => ({ startedAt: 0, logFrom: 0, earlyDeaths: 0, refusesConfiguration: false });

/** What a service ends with when its configuration does not hold (libs/host, `configExitCode`). */
const configExitCode = 78;

/** A drain takes up to 15 s in the services; this is a little more. */
const patienceMs = 20_000;

/**
 * Keeps processes alive. Each has a session of its own, so that Ctrl-C reaches this process alone and the way down has an order; its output
 * goes to `logs/<name>.log`, its id to `run/<name>.pid`.
 */
export function createSupervisor(processes: readonly Process[], folder: DataFolder, say: (line: string) => void): Supervisor {
  const lives = new Map(processes.map((process) => [process.name, unborn()]));
  const logOf = (name: string): string => join(folder.logs, `${name}.log`);
  const asFailing = (name: string, { logFrom: from, refusesConfiguration }: Life): Failing => {
    return { name, log: logOf(name), from, refusesConfiguration };
  };
  let refuse: (failing: Failing) => void = () => undefined;
  const refused = new Promise<Failing>((resolve) => (refuse = resolve));
  let isStopping = false;

  const launch = async (process: Process, life: Life): Promise<void> => {
    const { child, logFrom } = spawnProcess(process, logOf(process.name));
    Object.assign(life, { child, logFrom, startedAt: Date.now() });
    child.once('exit', (code, signal) => onExit(process, life, signal ?? `code ${code}`));
    child.once('error', (error) => say(`${process.name} cannot be started: ${error.message}`));
    if (child.pid !== undefined) await writePid(folder, process.name, { pid: child.pid, part: process.part, mark: process.script });
  };

  const onExit = (process: Process, life: Life, how: string): void => {
    delete life.child;
    if (isStopping) return;
    if (how === `code ${configExitCode}`) {
      life.refusesConfiguration = true;
      return refuse(asFailing(process.name, life));
    }
    const { delayMs, earlyDeaths } = restartDelay(Date.now() - life.startedAt, life.earlyDeaths);
    life.earlyDeaths = earlyDeaths;
    say(`${process.name} ended (${how}); started again${delayMs > 0 ? ` in ${delayMs} ms` : ''} · ${logOf(process.name)}`);
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
      for (const process of processes) await launch(process, lives.get(process.name) ?? unborn());
    },
    failing: (limit) => {
      const found = [...lives].find(([, life]) => life.refusesConfiguration) ?? [...lives].find(([, life]) => life.earlyDeaths >= limit);
      return found && asFailing(...found);
    },
    refused,
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

function spawnProcess({ script, env }: Process, logFile: string): { readonly child: ChildProcess; readonly logFrom: number } {
  const log = openSync(logFile, 'a');
  const logFrom = fstatSync(log).size;
  const child = spawn(process.execPath, [...heapLimit(env['NODE_OPTIONS']), '--enable-source-maps', script], {
    cwd: workspaceRoot,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return { child, logFrom };
}
