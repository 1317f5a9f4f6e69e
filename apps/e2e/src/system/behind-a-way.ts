import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '../client/until.js';
import type { Stand } from './on-system.js';
import { outageOf, pidOf } from './outage.js';
import { type PostgresWay, wayToPostgres } from './postgres-way.js';
import { environmentOf } from './processes.js';
import { portsOf } from './storefronts.js';
import { workspaceRoot } from './workspace.js';

/** A service's process whose only way to PostgreSQL is ours. */
export type BehindAWay = {
  readonly way: PostgresWay;
  /** Gives its place back to the one that the supervisor starts. */
  end(): Promise<void>;
};

/** Starts a process (`order`, `order-2`) anew, in its place, behind a way of its own to PostgreSQL, and waits until it is ready. The supervisor is held until it ends. */
export async function behindAWay({ system, dataDir }: Stand, part: string): Promise<BehindAWay> {
  const ports = portsOf(dataDir);
  const service = part.replace(/-\d+$/, '');
  const environment = environmentOf(pidOf(system, part));
  const way = await wayToPostgres(ports['postgres'] ?? 0);
  const url = new URL(environment['DATABASE_URL'] ?? '');
  url.port = String(way.port);
  url.search = ''; // it names the server's socket
  const outage = await outageOf(system, part);
  const child = spawn(process.execPath, ['--enable-source-maps', join(workspaceRoot, 'apps', service, 'dist/main.js')], {
    cwd: workspaceRoot,
    env: { ...environment, DATABASE_URL: url.href },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const isReady = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${ports[`${part}.http`]}/readyz`).catch(() => undefined))?.status === 200;
  const end = async (): Promise<void> => {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await gone;
    await way.close();
    outage.end();
  };
  await until(`${part} to be ready behind its way`, isReady, 60_000).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { way, end };
}
