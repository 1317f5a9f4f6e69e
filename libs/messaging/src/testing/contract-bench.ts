import type { EventLog, LogRecord, NewRecord, SubscribeOptions, Subscription } from '../event-log.js';
import { partitionOfKey } from '../adapters/partition-of-key.js';

/** One store of a log, as an adapter's spec supplies it. */
export type LogUnderTest = {
  /** A new client of the same store. */
  log(): Promise<EventLog>;
  close(): Promise<void>;
};

/** How long a condition may take to hold before a case fails. */
const patienceMs = 30_000;

/** Resolves once `check` no longer throws; fails with its last error. */
export async function eventually(check: () => unknown): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const failure = await Promise.resolve()
      .then(check)
      .then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
    if (!failure) return;
    if (Date.now() > deadline) throw failure.error;
    await pause(10);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A text record; the key decides the partition. */
export const record = (topic: string, key: string | null, value: string | null): NewRecord => ({ topic, key, headers: {}, value });

/** A key of each partition of a topic, in order. */
export function keysByPartition(partitions: number): readonly string[] {
  const keys = new Map<number, string>();
  for (let n = 0; keys.size < partitions; n += 1)
    if (!keys.has(partitionOfKey(`k${n}`, partitions))) keys.set(partitionOfKey(`k${n}`, partitions), `k${n}`);
  return Array.from({ length: partitions }, (_, partition) => keys.get(partition) ?? '');
}

/** A handler that says `done` and keeps what it was given. */
export function recorder(): {
  readonly seen: LogRecord[];
  readonly values: () => (string | null)[];
  readonly handle: SubscribeOptions['handle'];
} {
  const seen: LogRecord[] = [];
  return {
    seen,
    values: () => seen.map(({ value }) => value),
    handle: (given) => {
      seen.push(given);
      return Promise.resolve({ kind: 'done' });
    },
  };
}

/** A promise and the means to settle it. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

/** Clients, topics and groups of one case; `end` closes every client it made. */
export class Bench {
  private readonly clients = new Set<EventLog>();
  private readonly run = `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  private made = 0;

  constructor(private readonly subject: LogUnderTest) {}

  async client(): Promise<EventLog> {
    const client = await this.subject.log();
    this.clients.add(client);
    return client;
  }

  /** A new topic and a client that created it. */
  async topic(partitions = 4): Promise<{ readonly log: EventLog; readonly topic: string }> {
    const log = await this.client();
    const topic = this.name('topic');
    await log.ensureTopics([{ name: topic, key: 'any', partitions, retentionDays: 1 }]);
    return { log, topic };
  }

  /** A name nothing else has. */
  name(kind: string): string {
    this.made += 1;
    return `${kind}-${this.run}-${this.made}`;
  }

  /** Joins a group with a client of its own. */
  async join(options: SubscribeOptions): Promise<{ readonly log: EventLog; readonly member: Subscription }> {
    const log = await this.client();
    return { log, member: await log.subscribe(options) };
  }

  async end(): Promise<void> {
    await Promise.all([...this.clients].map((client) => client.close()));
  }
}
