import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Called at a place where a process may be made to die: just before and just after it reaches out (a commit, a call, a publish, a provider), named by that call.
 * Business code has no such places; the four ways out have (`with-crash-points.ts`).
 */
export type Reach = (point: string) => void;

/**
 * Development's crash points, in a folder that a proof shares with the processes: each place is written to `seen` the first time it is reached, and a process that
 * reaches the one named in `armed` takes that name away, writes it to `crashed` and dies as by `kill -9`. Synchronous, so that nothing happens in between.
 */
export function crashPoints(folder: string, service: string): Reach {
  mkdirSync(folder, { recursive: true });
  const seen = new Set<string>();
  const armed = join(folder, 'armed');
  return (point) => {
    const name = `${service}: ${point}`;
    if (!seen.has(name)) {
      seen.add(name);
      appendFileSync(join(folder, 'seen'), `${name}\n`);
    }
    if (contentOf(armed) !== name) return;
    rmSync(armed);
    appendFileSync(join(folder, 'crashed'), `${name}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // nothing is armed
  }
}
