import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { lastWords } from '../last-words.js';
import { waitFor } from '../waiting.js';
import type { Account } from './account.js';

export type Launch = {
  readonly program: string;
  readonly folder: string;
  readonly port: number;
  readonly account: Account;
  readonly logFile: string;
  /** False only for tests: a crash of the machine may lose everything, writes are faster. */
  readonly durable: boolean;
};

/** Longest path of a Unix socket that every system takes, bytes. Source: sun_path of macOS, 104 with its final zero. */
const longestSocketPath = 103;

/**
 * The folder of the server's Unix socket: its own files, which only its account may enter. A query over it costs a third less CPU than over
 * TCP. `undefined` where there is none: on Windows, and where the path would be too long.
 */
export function socketFolderOf(folder: string): string | undefined {
  if (process.platform === 'win32' || Buffer.byteLength(join(folder, '.s.PGSQL.65535')) > longestSocketPath) return undefined;
  return folder;
}

/** Small enough for a laptop beside everything else; 400 connections is what eleven services with their pools and listeners may need. */
function settings(folder: string, durable: boolean): readonly string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFolderOf(folder) ?? '',
    max_connections: '400',
    shared_buffers: '48MB',
    max_wal_size: '256MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    io_method: 'sync',
    max_worker_processes: '2',
    max_parallel_workers_per_gather: '0',
    autovacuum_max_workers: '1',
    huge_pages: 'off',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Starts the server in a session of its own, so that Ctrl-C does not reach it; its output goes to the log file. Rejects when it cannot be run. */
export async function launch({ program, folder, port, account, logFile, durable }: Launch): Promise<ChildProcess> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const args = ['-D', folder, '-p', String(port), ...settings(folder, durable)];
  const child = spawn(program, args, {
    ...account,
    cwd: folder,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  return child;
}

/** Resolves when the server answers a query; throws with the end of its log when it ends before. */
export async function untilAnswering(url: string, hasEnded: () => boolean, logFile: string): Promise<void> {
  await waitFor({ timeoutMs: 60_000, what: `an answer from PostgreSQL (log: ${logFile})` }, async () => {
    if (hasEnded()) throw new Error(`PostgreSQL ended at once. Its last words are in ${logFile}:\n${await lastWords(logFile)}`);
    return (await answers(url)) ? true : undefined;
  });
}

/** Asks for nothing but an answer. A wrong password is thrown: waiting does not mend it. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw error;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
