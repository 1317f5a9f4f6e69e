import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { waitFor } from './waiting.js';

const exec = promisify(execFile);

/** True while a process of this id exists, whoever owns it. One that has ended and only waits for its parent is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** The command line of a process; empty when it is gone. A pid file alone proves nothing: ids are used again. */
export async function commandLineOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return (await exec('ps', ['-p', String(pid), '-o', 'command='])).stdout.trim();
  } catch (error) {
    if (isAlive(pid)) throw new Error(`cannot read the command line of process ${pid}`, { cause: error });
    return '';
  }
}

/** Sends `signal`, waits until the process is gone, then SIGKILL after `patienceMs`. A process that is gone already is fine. */
export async function endProcess(pid: number, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  const gone = (): true | undefined => (isAlive(pid) ? undefined : true);
  signalIfAlive(pid, signal);
  try {
    await waitFor({ timeoutMs: patienceMs, what: `the end of process ${pid}` }, gone);
  } catch (error) {
    signalIfAlive(pid, 'SIGKILL');
    await waitFor({ timeoutMs: 5_000, what: `the end of process ${pid} by SIGKILL (${String(error)})` }, gone);
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether nothing listens on the port of the loopback. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

/**
 * A port that was free a moment ago. It is none of those that the system gives out by itself (Linux: from 32,768 on, others from 49,152 on;
 * RFC 6335, section 6): nobody gets it by chance before it is used.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = await listenOnce(randomInt(20_000, 32_000));
    if (port !== undefined) return port;
  }
  throw new Error('no port is free on 127.0.0.1');
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
