import type pg from 'pg';
import type { EventLog } from '@tandem/messaging';
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

export function createReadiness(parts: { pool: pg.Pool | undefined; log: EventLog | undefined; messaging: { ready(): { ok: boolean; detail: string } } | undefined }, composition: Composition): Readiness {
  let isOpen = false;
  let known: { at: number; reasons: Promise<readonly string[]> } | undefined;
  const look = async (): Promise<readonly string[]> => {
    const messaging = parts.messaging?.ready();
    const found = await Promise.all([
      parts.pool ? reasonOf('database', () => parts.pool?.query('SELECT 1')) : [],
      messaging && !messaging.ok ? [messaging.detail] : [],
      composition.blockers?.() ?? [],
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

async function reasonOf(what: string, look: () => Promise<unknown> | undefined): Promise<string[]> {
  try {
    await look();
    return [];
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
