import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../client/until.js';
import { workspaceRoot } from './workspace.js';

/** What a machine with much else to do needs for a system to come up, milliseconds. */
const readyWithinMs = 180_000;

/** A system of its own: its addresses, its processes, its end. */
export type System = {
  readonly storefrontUrl: string;
  readonly sandboxUrl: string;
  /** Process ids by part: services (`order`, `order-2`, …), `postgres`, `kafka`; of those alive as the pid files say. */
  pids(): ReadonlyMap<string, number>;
  /** Ends it as Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
};

/** What `npm start` runs, of this workspace or of another one that is built. */
export const startScriptOf = (workspace: string): string => join(workspace, 'tools/dist/cli/start.js');

/**
 * Starts `npm start` with these options on free ports and waits until it can take an order. Rejects with its output when it does not come up; nothing is left running then.
 * `workspace`: another clone, built, whose code runs.
 */
export async function launch(dataDir: string, options: readonly string[], workspace = workspaceRoot): Promise<System> {
  const child = spawn(process.execPath, [startScriptOf(workspace), '--data', dataDir, ...options], {
    cwd: workspace,
    env: { ...process.env, STOREFRONT_PORT: '0', SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const urls = await until('the system to be ready', () => readyUrls(child, dataDir, output), readyWithinMs).catch(
    async (error: unknown) => {
      await ended(child);
      throw error;
    },
  );
  return { ...urls, pids: () => pidsIn(join(dataDir, 'run')), stop: () => ended(child) };
}

async function readyUrls(
  child: ChildProcess,
  dataDir: string,
  output: readonly string[],
): Promise<{ storefrontUrl: string; sandboxUrl: string } | undefined> {
  if (child.exitCode !== null) throw new Error(`the system ended with ${child.exitCode}:\n${output.join('').slice(-4_000)}`);
  if (!output.join('').includes('ready')) return undefined;
  const urls = JSON.parse(readFileSync(join(dataDir, 'run/ports.json'), 'utf8')) as { storefrontUrl: string; sandboxUrl: string };
  const answer = await fetch(`${urls.storefrontUrl}/readyz`).catch(() => undefined);
  return answer?.status === 200 ? urls : undefined;
}

function pidsIn(runFolder: string): ReadonlyMap<string, number> {
  const files = readdirSync(runFolder).filter((file) => file.endsWith('.pid'));
  const entries = files.map(
    (file) => [file.slice(0, -'.pid'.length), Number(readFileSync(join(runFolder, file), 'utf8').split('\n')[0])] as const,
  );
  return new Map(entries.filter(([, pid]) => pid > 0));
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill('SIGTERM');
  });
}
