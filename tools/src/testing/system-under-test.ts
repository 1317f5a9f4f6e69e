import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../start/readiness.js';
import { waitFor } from '../waiting.js';
import { workspaceRoot } from '../workspace.js';
import { removePostgresData } from '../postgres.js';

/** A whole system for tests, with data and ports of its own. */
export type SystemUnderTest = {
  readonly storefrontUrl: string;
  readonly sandboxUrl: string;
  readonly dataDir: string;
  /** Ends it as Ctrl-C would, and removes what it wrote. Answers its exit code. */
  stop(): Promise<number | null>;
};

type Addresses = { readonly storefrontUrl: string; readonly sandboxUrl: string };

/** A system that is up on a folder of somebody else's. `child` is its supervisor, `ended` resolves with its exit code (null: killed). */
export type LaunchedSystem = Addresses & { readonly child: ChildProcess; readonly ended: Promise<number | null> };

/** A folder for a system's data, open to the account of its database server. */
export async function newDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-system-'));
  await chmod(dataDir, 0o755);
  return dataDir;
}

/** Removes such a folder and what the database server keeps elsewhere. Nothing of the system may run. */
export async function removeDataDir(dataDir: string): Promise<void> {
  await removePostgresData(join(dataDir, 'postgres'));
  await rm(dataDir, { recursive: true, force: true });
}

/** Starts a system as `npm start -- <args>` does and waits until it can take an order. Its output goes to stderr. */
export async function startSystem(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<SystemUnderTest> {
  const dataDir = await newDataDir();
  try {
    const { storefrontUrl, sandboxUrl, child, ended } = await launchSystem(dataDir, args, env);
    const stop = async (): Promise<number | null> => {
      child.kill('SIGTERM');
      const code = await ended;
      await removeDataDir(dataDir);
      return code;
    };
    return { storefrontUrl, sandboxUrl, dataDir, stop };
  } catch (error) {
    await removeDataDir(dataDir);
    throw error;
  }
}

/** Starts a system on `dataDir` and free ports, and waits until it can take an order. When it does not come up it is ended, and this rejects. */
export async function launchSystem(
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<LaunchedSystem> {
  const own = { ...env, STOREFRONT_PORT: '0', SANDBOX_PORT: '0', DATABASE_URL: '', KAFKA_BROKERS: '', SMTP_URL: '' };
  const child = spawn(process.execPath, ['tools/dist/cli/start.js', '--data', dataDir, ...args], {
    cwd: workspaceRoot,
    env: own,
    stdio: ['ignore', 2, 2],
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  try {
    const addresses = await waitFor(
      { timeoutMs: 150_000, everyMs: 200, what: `a system that is ready (${args.join(' ') || 'one process'})` },
      () => {
        if (child.exitCode !== null) throw new Error(`the system ended with ${child.exitCode} before it was ready`);
        return readyAt(join(dataDir, 'run/ports.json'));
      },
    );
    return { ...addresses, child, ended };
  } catch (error) {
    child.kill('SIGTERM');
    await ended;
    const log = await readFile(join(dataDir, 'logs/all.log'), 'utf8').catch(() => 'without a log');
    throw new Error(`${(error as Error).message}; the end of its log:\n${log.slice(-3_000)}`, { cause: error });
  }
}

async function readyAt(portsFile: string): Promise<Addresses | undefined> {
  if (!existsSync(portsFile)) return undefined;
  const addresses = JSON.parse(await readFile(portsFile, 'utf8')) as Addresses;
  return (await ask(`${addresses.storefrontUrl}/readyz`)).status === 200 ? addresses : undefined;
}
