import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from './failure.js';
import { type Account, serverAccount } from './postgres/account.js';
import { findBinaries } from './postgres/binaries.js';
import {
  type Postmaster,
  ensureInitialised,
  passwordOf,
  placeFor,
  removeStalePidFile,
  runningPostmaster,
} from './postgres/data-directory.js';
import { type Launch, launch, socketFolderOf, untilAnswering } from './postgres/launch.js';
import { endProcess, freePort, isAlive, isPortFree } from './processes.js';

export type PostgresOptions = {
  /** The server's files, made on the first start. */
  readonly dataDir: string;
  /** Default: a free one. A running server keeps its own. */
  readonly port?: number;
  /** Default true; false trades safety after a power cut for speed (tests). */
  readonly durable?: boolean;
  /** Called with sentences the user should see. */
  readonly notice?: (sentence: string) => void;
};

export type RunningPostgres = {
  /** The database `postgres` of the server, as its superuser. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True when a server left by an earlier run was found on these files and taken over. */
  readonly reused: boolean;
  /** Ends the server by a fast shutdown (open transactions roll back). Asking again changes nothing. */
  stop(): Promise<void>;
};

/** Starts PostgreSQL on `dataDir`, or takes over the one that runs there. It lives in a session of its own and outlives a killed parent. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const account = await serverAccount();
  const place = await placeFor(options.dataDir, account);
  if (place.notice) options.notice?.(place.notice);
  const running = await runningPostmaster(place.folder);
  if (running) return takeOver(place.folder, running);
  const binaries = await findBinaries(account);
  if (binaries.notice) options.notice?.(binaries.notice);
  await ensureInitialised(place.folder, binaries.initdb, account);
  return launchWithPatience({ program: binaries.postgres, folder: place.folder, account, durable: options.durable ?? true }, options.port);
}

/** Ends the server that runs on `dataDir`, if one does. */
export async function stopPostgres(dataDir: string): Promise<boolean> {
  const { folder } = await placeFor(dataDir, await serverAccount());
  const running = await runningPostmaster(folder);
  if (running) await endPostmaster(running.pid);
  return running !== undefined;
}

/** Removes the server's files, wherever they were put. The server must not run. */
export async function removePostgresData(dataDir: string): Promise<void> {
  const { folder } = await placeFor(dataDir, await serverAccount());
  await rm(folder, { recursive: true, force: true });
}

async function takeOver(folder: string, running: Postmaster): Promise<RunningPostgres> {
  const url = await urlOf(folder, running.port, existsSync(join(folder, `.s.PGSQL.${running.port}`)) ? folder : undefined);
  await untilAnswering(url, () => !isAlive(running.pid), logOf(folder));
  return handle(url, running, true);
}

type Unported = { readonly program: string; readonly folder: string; readonly account: Account; readonly durable: boolean };

/**
 * Tries again for a while: after a kill -9 the old server's children hold its shared memory for up to seconds, and a free port may be
 * taken in between.
 */
async function launchWithPatience(unported: Unported, wantedPort: number | undefined): Promise<RunningPostgres> {
  for (let attempt = 0; ; attempt += 1) {
    const port = wantedPort || (await freePort());
    if (wantedPort && !(await isPortFree(wantedPort)))
      throw new Failure(`Port ${wantedPort} for PostgreSQL is in use. End what listens there, or choose another port.`);
    try {
      return await launchOnce({ ...unported, port, logFile: logOf(unported.folder) });
    } catch (error) {
      if (attempt >= 6)
        throw new Failure(`PostgreSQL does not start on ${unported.folder}.\n${error instanceof Error ? error.message : String(error)}`);
      await delay(250 * 2 ** attempt);
    }
  }
}

async function launchOnce(options: Launch): Promise<RunningPostgres> {
  await removeStalePidFile(options.folder);
  const url = await urlOf(options.folder, options.port, socketFolderOf(options.folder));
  const child = await launch(options);
  const pid = child.pid;
  if (pid === undefined) throw new Error('PostgreSQL has no process id');
  await untilAnswering(url, () => child.exitCode !== null || child.signalCode !== null, options.logFile);
  return handle(url, { pid, port: options.port }, false);
}

const handle = (url: string, { pid, port }: Postmaster, reused: boolean): RunningPostgres => ({
  url,
  port,
  pid,
  reused,
  stop: () => endPostmaster(pid),
});

/** The server also listens on TCP; a `host` in the query wins, with us as with psql. */
async function urlOf(folder: string, port: number, socketFolder: string | undefined): Promise<string> {
  const url = `postgres://postgres:${await passwordOf(folder)}@127.0.0.1:${port}/postgres`;
  return socketFolder === undefined ? url : `${url}?host=${encodeURIComponent(socketFolder)}`;
}

const logOf = (folder: string): string => join(dirname(folder), 'postgres.log');

/** SIGINT is PostgreSQL's fast shutdown; a server that is killed after 15 s recovers at the next start. */
const endPostmaster = (pid: number): Promise<void> => endProcess(pid, 'SIGINT', 15_000);
