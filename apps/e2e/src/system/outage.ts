import { until } from '../client/until.js';
import type { System } from './launch.js';
import { isRunning } from './processes.js';

/** A part that is away, and stays away. */
export type Outage = {
  /** Lets the supervisor start it again. */
  end(): void;
};

/** Ends a part as a crash does, and holds the supervisor so that nobody starts it again. Resolves when its process is gone. */
export async function outageOf(system: System, part: string): Promise<Outage> {
  const [supervisor, pid] = [pidOf(system, 'supervisor'), pidOf(system, part)];
  process.kill(supervisor, 'SIGSTOP');
  crash(part, pid);
  await until(`the end of ${part}`, async () => !isRunning(pid));
  return { end: () => void process.kill(supervisor, 'SIGCONT') };
}

/** Ends the process of a part as a crash does. Throws when there is none. */
export function crash(part: string, pid: number): void {
  // PostgreSQL ends at once on SIGQUIT, its children with it. Source: PostgreSQL documentation, "Shutting Down the Server".
  process.kill(pid, part === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
}

export function pidOf(system: System, part: string): number {
  const pid = system.pids().get(part);
  if (pid === undefined) throw new Error(`${part} does not run`);
  return pid;
}
