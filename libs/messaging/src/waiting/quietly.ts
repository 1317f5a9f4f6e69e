import type { Logger } from '../logger.js';

/** Waits for all; one part that cannot stop is a line in the log and does not keep the others. */
export async function quietly(logger: Logger, parts: readonly Promise<void>[]): Promise<void> {
  for (const part of await Promise.allSettled(parts)) {
    if (part.status === 'rejected') logger.warn({ err: part.reason as unknown }, 'a part of messaging did not stop cleanly');
  }
}
