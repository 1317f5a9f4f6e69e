import { createLogger, type Environment, loadBaseConfig, Neighbours, openEventLog, type RunningService, startService } from '@tandem/host';
import type { Registry } from 'prom-client';
import { services } from './services.js';

/** Starts every service in this process: one application, pool, registry and port each, one event log for all; they hand each other their calls, and `/metrics` tells of all of them. */
export async function startAll(env: Environment, onFatal: (error: Error) => void): Promise<readonly Pick<RunningService, 'stop'>[]> {
  const base = loadBaseConfig('all', env);
  const log = openEventLog(base, createLogger('event-log', base.logLevel));
  const shared = { log, neighbours: new Neighbours(), registries: new Set<Registry>() };
  const started = await Promise.all(
    services.map((service, index) => startService(service, env, { ...shared, onFatal, measuresProcess: index === 0 })),
  );
  return [{ stop: () => log.close() }, ...started];
}
