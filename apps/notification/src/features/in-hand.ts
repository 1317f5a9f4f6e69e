import type { Logger } from 'pino';
import { lease } from '../domain/lease.js';

type Parts = {
  readonly renew: (ids: readonly string[]) => Promise<void>;
  readonly logger: Logger;
  /** Milliseconds; well below the lease. */
  readonly renewEveryMs?: number;
};

/** The rows this process is sending. Their leases are renewed until their work has ended; whoever takes rows leaves out those in `ids`. */
export class InHand {
  private readonly rows = new Set<string>();

  constructor(private readonly parts: Parts) {}

  get ids(): readonly string[] {
    return [...this.rows];
  }

  async during<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const { renew, logger, renewEveryMs = lease.renewedEveryMs } = this.parts;
    const failed = (error: unknown): void => logger.warn({ err: error }, 'a lease could not be renewed; trying again');
    const timer = setInterval(() => void renew(ids).catch(failed), renewEveryMs);
    for (const id of ids) this.rows.add(id);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      for (const id of ids) this.rows.delete(id);
    }
  }
}
