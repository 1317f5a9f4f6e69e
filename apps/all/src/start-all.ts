import { createLogger, type Environment, loadBaseConfig, Neighbours, openEventLog, type RunningService, startService } from '@tandem/host';
import { services } from './services.js';

/** Starts every service in this process: one application, pool, registry and port each, one event log for all; they hand each other their calls. */
export async function startAll(env: Environment, onFatal: (error: Error) => void): Promise<readonly Pick<RunningService, 'stop'>[]> {
  const base = loadBaseConfig('all', env);
  const log = openEventLog(base, createLogger('event-log', base.logLevel));
  const neighbours = new Neighbours();
  const started = await Promise.all(services.map((service, index) => startService(service, env, { log, neighbours, onFatal, measuresProcess: index === 0 })));
  return [{ stop: () => log.close() }, ...started];
}
