import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Statement } from '@tandem/kernel';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Growth, GrowthChannel } from './growth.js';

/** More would not fit into one notification of 8,000 bytes. Source: PostgreSQL, NOTIFY. */
const mostIds = 200;
const againAfterMs = 1_000;
/** A replica says that it is there this often; one that was not heard for longer than the other is not counted any more. Milliseconds. */
const helloMs = 30_000;
const goneMs = 75_000;

export type GrowthChannelParts = {
  /** Its name in PostgreSQL; each kind of growth has its own. */
  readonly channel: string;
  readonly database: Database;
  /** For a connection of its own that listens. */
  readonly connectionString: string;
  /** This process: it does not hear itself. */
  readonly self: string;
  readonly logger: Logger;
};

/**
 * Replicas tell each other by NOTIFY, on its own and never in the writer's transaction: there it would hold a lock of the whole server. They say
 * hello when they come and now and then, so that one that is alone tells nobody.
 */
export function pgGrowthChannel({ channel, database, connectionString, self, logger }: GrowthChannelParts): GrowthChannel {
  const notify: Statement = { name: `${channel}_notify`, text: `SELECT pg_notify('${channel}', $1)` };
  const stopping = new AbortController();
  const others = new Map<string, number>();
  let listening: Promise<void> | undefined;
  let hello: NodeJS.Timeout | undefined;
  const say = (words: string): Promise<unknown> => database.query(notify, [`${self} ${words}`]);
  const greet = (): void => void say('').catch((error: unknown) => logger.debug({ err: error }, 'other replicas were not greeted'));
  const isAlone = (): boolean => {
    for (const [other, heardAt] of others) if (performance.now() - heardAt > goneMs) others.delete(other);
    return others.size === 0;
  };

  const listen = async (onGrowth: (growth: Growth) => void): Promise<void> => {
    const onPayload = (payload: string): void => {
      const [from = '', ...ids] = payload.split(' ').filter(Boolean);
      if (from === self) return;
      const isNew = !others.has(from);
      others.set(from, performance.now());
      if (isNew) greet(); // so that it knows of us
      if (isNew || ids[0] === '*') return onGrowth({ ids: [], isAny: true });
      if (ids.length > 0) onGrowth({ ids, isAny: false });
    };
    while (!stopping.signal.aborted) {
      const onOpen = (): void => (greet(), onGrowth({ ids: [], isAny: true }));
      await hear({ channel, connectionString, signal: stopping.signal, onOpen, onPayload }).catch((error: unknown) =>
        logger.warn({ err: error }, 'growth is not heard from other replicas'),
      );
      await sleep(againAfterMs, undefined, { signal: stopping.signal }).catch(() => undefined); // aborted: the loop ends
    }
  };
  return {
    tell: async (ids) => void (isAlone() || (await say(ids.length > mostIds ? '*' : ids.join(' ')))),
    listen: (onGrowth) => {
      hello ??= setInterval(greet, helloMs);
      listening ??= listen(onGrowth);
    },
    stop: async () => {
      stopping.abort();
      clearInterval(hello);
      await listening;
    },
  };
}

type Hearing = {
  readonly channel: string;
  readonly connectionString: string;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onPayload: (payload: string) => void;
};

/** Listens until the connection ends or `signal` fires. What was told before is not heard, so anything may have grown. */
async function hear({ channel, connectionString, signal, onOpen, onPayload }: Hearing): Promise<void> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
    keepAlive: true,
    application_name: `tandem-${channel}`,
  });
  let leave = (): void => undefined;
  const ended = new Promise<void>((resolve) => (leave = resolve));
  client.on('error', leave).on('end', leave);
  signal.addEventListener('abort', leave);
  client.on('notification', ({ payload = '' }) => onPayload(payload));
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    onOpen();
    await ended;
  } finally {
    signal.removeEventListener('abort', leave); // it holds the client, and there is one with every connection
    await client.end().catch(() => undefined); // it has ended by itself
  }
}
