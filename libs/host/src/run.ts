import { ConfigError, type Environment, withFiles } from './config.js';
import { type RunningService, startService } from './boot.js';
import type { ServiceDefinition } from './service.js';

/** How long a drain after a signal may take before the process ends with code 1, milliseconds. */
const drainLimitMs = 15_000;

/**
 * How long a process that nobody can trust any more may take to stop what can be stopped, milliseconds: it has ended within a second, so that
 * another one takes its place. What was in hand comes again there.
 */
const fatalLimitMs = 500;

/** What a process ends with when its configuration does not hold: starting it again would not help. Source: `EX_CONFIG` of sysexits.h. */
export const configExitCode = 78;

/**
 * Runs one service as this process. A signal drains it (≤ 15 s). A fatal error (`onFatal`, an unhandled rejection) ends it with code 1 within a
 * second, whether all of it could be stopped or not; a wrong configuration with `configExitCode`, after it has said why.
 */
export async function runService<C>(definition: ServiceDefinition<C>, env: Environment = process.env): Promise<void> {
  await runUntilSignalled(definition.name, async (onFatal) => [await startService(definition, withFiles(env), { onFatal })]);
}

/** The same for several services in one process. They stop in the reverse order of their start. */
export async function runUntilSignalled(
  name: string,
  start: (onFatal: (error: Error) => void) => Promise<readonly Pick<RunningService, 'stop'>[]>,
): Promise<void> {
  let running: readonly Pick<RunningService, 'stop'>[] = [];
  let isStopping = false;
  const stop = async (code: number, withinMs: number): Promise<void> => {
    if (isStopping) process.exit(1); // the second signal, or an error while it stops: now
    isStopping = true;
    setTimeout(() => process.exit(1), withinMs); // also where a part that hangs leaves nothing to wait for
    for (const service of [...running].reverse()) await service.stop();
    process.exit(code);
  };
  const onFatal = (error: Error): void => {
    process.stderr.write(`${name}: ${error.stack ?? error.message}\n`);
    void stop(1, fatalLimitMs);
  };
  process.on('SIGTERM', () => void stop(0, drainLimitMs));
  process.on('SIGINT', () => void stop(0, drainLimitMs));
  process.on('unhandledRejection', (reason) => onFatal(reason instanceof Error ? reason : new Error(String(reason))));
  try {
    running = await start(onFatal);
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${name}: ${error.message}\n`);
      process.exit(configExitCode);
    }
    process.stderr.write(`${name} could not start: ${(error as Error).stack ?? String(error)}\n`);
    process.exit(1);
  }
}
