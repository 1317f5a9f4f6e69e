import { spawn } from 'node:child_process';
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

/** Starts a system as `npm start -- <args>` does and waits until it can take an order. Its output goes to stderr. */
export async function startSystem(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<SystemUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-system-'));
  await chmod(dataDir, 0o755);
  const own = { ...env, STOREFRONT_PORT: '0', SANDBOX_PORT: '0', DATABASE_URL: '', KAFKA_BROKERS: '', SMTP_URL: '' };
  const child = spawn(process.execPath, ['tools/dist/cli/start.js', '--data', dataDir, ...args], {
    cwd: workspaceRoot,
    env: own,
    stdio: ['ignore', 2, 2],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const [code] = await ended;
    await removePostgresData(join(dataDir, 'postgres'));
    await rm(dataDir, { recursive: true, force: true });
    return code;
  };
  try {
    const addresses = await waitFor(
      { timeoutMs: 150_000, everyMs: 200, what: `a system that is ready (${args.join(' ') || 'one process'})` },
      () => {
        if (child.exitCode !== null) throw new Error(`the system ended with ${child.exitCode} before it was ready`);
        return readyAt(join(dataDir, 'run/ports.json'));
      },
    );
    return { ...addresses, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyAt(portsFile: string): Promise<Addresses | undefined> {
  if (!existsSync(portsFile)) return undefined;
  const addresses = JSON.parse(await readFile(portsFile, 'utf8')) as Addresses;
  return (await ask(`${addresses.storefrontUrl}/readyz`)).status === 200 ? addresses : undefined;
}
