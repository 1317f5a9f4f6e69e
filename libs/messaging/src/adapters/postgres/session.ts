import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../logger.js';
import { type Run, clientConfig, runOn } from './connections.js';
import { channel } from './heads.js';

/** Advisory locks of living members are (this, id). */
export const memberLockClass = 7_401;

const nextMember = {
  name: 'log-next-member',
  text: `WITH m AS (SELECT nextval('member_id')::int AS id) SELECT id, pg_try_advisory_lock(${memberLockClass}, id) FROM m`,
};
const firstBackOffMs = 50;
const maxBackOffMs = 1_000;
/** A query of the session that takes longer means the session is gone: it has only short ones. */
const stuckAfterMs = 20_000;

export type SessionEvents = {
  /** The session lives and listens; `me` is its member id until `down`. */
  readonly up: (me: number) => void;
  readonly down: () => void;
  readonly notified: (payload: string) => void;
};

/**
 * The one connection a process is a member by. Its advisory lock is the member's life: the connection ends, the lock is gone, the member
 * is dead for ever; the next connection is a new member. One loop dials, so there is never a second session that looks alive.
 */
export class Session {
  private readonly closing = new AbortController();
  private client: pg.Client | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private loop: Promise<void> | undefined;

  constructor(private readonly options: { readonly connectionString: string; readonly logger: Logger; readonly events: SessionEvents }) {}

  /** Begins to dial; asking again changes nothing. */
  start(): void {
    this.loop ??= this.dialForEver();
  }

  /** Runs one statement after those before it; rejects when the session is down, or goes down meanwhile. */
  readonly run: Run = <Row extends readonly unknown[]>(...args: Parameters<Run>) => {
    const client = this.client;
    const result = this.tail.then(() => {
      if (!client || client !== this.client) throw new Error('the session of this member has ended');
      return timed(client, () => runOn<Row>(client, ...args));
    });
    this.tail = result.catch(() => undefined);
    return result;
  };

  async close(): Promise<void> {
    this.closing.abort();
    await this.client?.end().catch(() => undefined);
    await this.loop;
  }

  private async dialForEver(): Promise<void> {
    let backOffMs = firstBackOffMs;
    while (!this.closing.signal.aborted) {
      try {
        await this.live(() => (backOffMs = firstBackOffMs));
      } catch (error) {
        if (!this.closing.signal.aborted) this.options.logger.warn({ err: error }, 'the event log’s session ended; it dials again');
      }
      await sleep(backOffMs * (0.5 + Math.random()), undefined, { signal: this.closing.signal }).catch(() => undefined);
      backOffMs = Math.min(backOffMs * 2, maxBackOffMs);
    }
  }

  /** One connection from dial to end. */
  private async live(connected: () => void): Promise<void> {
    const client = new pg.Client(clientConfig(this.options.connectionString));
    const ended = new Promise<Error>((resolve) => {
      client.once('error', resolve);
      client.once('end', () => resolve(new Error('the connection was closed')));
    });
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => this.options.events.notified(payload ?? ''));
    try {
      await client.connect();
      const me = await becomeMember(client);
      await client.query(`LISTEN ${channel}`);
      if (this.closing.signal.aborted) return;
      connected();
      this.client = client;
      this.options.events.up(me);
      throw await ended;
    } finally {
      if (this.client === client) this.options.events.down();
      this.client = undefined;
      await client.end().catch(() => undefined);
    }
  }
}

/** An id no living session has. `nextval` may repeat an id after a crash, so the lock decides. */
async function becomeMember(client: pg.Client): Promise<number> {
  for (;;) {
    const [row] = await runOn<[number, boolean]>(client, nextMember);
    if (row?.[1]) return row[0];
  }
}

async function timed<T>(client: pg.Client, query: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => void client.end().catch(() => undefined), stuckAfterMs);
  try {
    return await query();
  } finally {
    clearTimeout(timer);
  }
}
