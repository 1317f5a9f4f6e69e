import type pg from 'pg';
import type { EventLog } from '@tandem/messaging';
import { createDatabase } from './database.js';
import { createMigrationCheck } from './migrations.js';
import type { Composition } from './service.js';

export type Readiness = {
  isOpen(): boolean;
  open(): void;
  close(): void;
  /** Why the service cannot work now; looked at once a second at most. */
  blockers(): Promise<readonly string[]>;
};

/** A blocked service is seen within this time, and a scraper that asks more often costs nothing. */
const freshForMs = 1_000;

type Parts = { pool: pg.Pool | undefined; log: EventLog | undefined; messaging: { ready(): { ok: boolean; detail: string } } | undefined };

export function createReadiness(service: string, parts: Parts, composition: Composition): Readiness {
  let isOpen = false;
  const missingMigrations = parts.pool && createMigrationCheck(createDatabase(parts.pool), service);
  let known: { at: number; reasons: Promise<readonly string[]> } | undefined;
  const look = async (): Promise<readonly string[]> => {
    const messaging = parts.messaging?.ready();
    const found = await Promise.all([
      reasonsOf('database', async () => {
        await parts.pool?.query('SELECT 1');
        return (await missingMigrations?.()) ?? [];
      }),
      messaging && !messaging.ok ? [messaging.detail] : [],
      reasonsOf(service, async () => (await composition.blockers?.()) ?? []),
    ]);
    return found.flat();
  };
  return {
    isOpen: () => isOpen,
    open: () => void (isOpen = true),
    close: () => void (isOpen = false),
    blockers: () => {
      if (!known || Date.now() - known.at > freshForMs) known = { at: Date.now(), reasons: look() };
      return known.reasons;
    },
  };
}

/** What a look finds; one that fails is a reason of its own. */
async function reasonsOf(what: string, look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await look();
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
