import { events } from '@tandem/contracts';
import { invariant } from '@tandem/kernel';
import type { EventLog, LogRecord, Subscription, TopicPartition, Verdict } from '../event-log.js';
import type { Logger } from '../logger.js';
import type { Consuming, Subscriber } from '../strategy.js';
import { pause } from '../waiting/alarm.js';
import type { Retry } from './admission.js';
import { type Decoded, type Subscriptions, decode, subscriptionsOf } from './decode.js';
import type { Outcome, Step } from './delivery.js';
import { type RetryPolicy, defaultPolicy, jittered } from './policy.js';
import type { Pausable } from './waiting.js';

/** Between two attempts to join the group, ms. */
const joinAgainMs = 1000;

/** How often a consumer that drains looks whether it has, ms. */
const drainLookMs = 100;

/** Types that were ever published. */
export const knownTypes: ReadonlySet<string> = new Set(events.map(({ type }) => type));

export type ConsumerParts = {
  readonly log: EventLog;
  readonly group: string;
  readonly topicsReady: () => Promise<void>;
  readonly live: Step;
  readonly retrying: Step;
  readonly logger: Logger;
  readonly onFatal: (error: Error) => void;
};

/** One service's membership in its group. */
export type Consumer = Consuming &
  Pausable & {
    /** Topics it listens to; empty before `begin` and for a service without handlers. */
    topics(): readonly string[];
    /** True once it has joined, or has nothing to join for. */
    isJoined(): boolean;
    /** Partitions it should be delivering now; empty while it is paused. */
    expected(): readonly TopicPartition[];
    /** Deliveries finished so far. */
    finished(): number;
    /** Runs a parked message through the pipeline. */
    retry(record: LogRecord, retry: Retry, signal: AbortSignal): Promise<Outcome>;
    /** Leaves and joins again: for the watchdog. */
    rejoin(): Promise<void>;
  };

export function createConsumer(parts: ConsumerParts): Consumer {
  return new GroupMember(parts);
}

class GroupMember implements Consumer {
  private readonly closing = new AbortController();
  private subscriptions: Subscriptions = subscriptionsOf([]);
  private begun = false;
  private joining: Promise<void> | undefined;
  /** Of a consumer that drains and sleeps; a join anew does not end it. */
  private draining: Promise<void> | undefined;
  private subscription: Subscription | undefined;
  private paused = false;
  private sleeps = false;
  private count = 0;

  constructor(private readonly parts: ConsumerParts) {}

  begin(subscribers: readonly Subscriber[]): void {
    invariant(!this.begun, 'the consumer has begun already');
    this.begun = true;
    this.subscriptions = subscriptionsOf(subscribers);
    if (this.topics().length === 0) return;
    const { wakeEveryMs } = this.subscriptions;
    if (wakeEveryMs === undefined) this.joining = this.join();
    else this.draining = this.drainEvery(wakeEveryMs);
  }

  topics(): readonly string[] {
    return this.subscriptions.topics;
  }

  isJoined(): boolean {
    return this.topics().length === 0 || this.sleeps || this.subscription !== undefined;
  }

  expected(): readonly TopicPartition[] {
    return this.paused ? [] : (this.subscription?.assigned() ?? []);
  }

  finished(): number {
    return this.count;
  }

  pauseAll(): void {
    this.paused = true;
    this.subscription?.pauseAll();
  }

  resumeAll(): void {
    this.paused = false;
    this.subscription?.resumeAll();
  }

  retry(record: LogRecord, retry: Retry, signal: AbortSignal): Promise<Outcome> {
    const decoded = decode(record, this.subscriptions, knownTypes);
    return this.parts.retrying({ record, decoded, policy: policyOf(decoded), retry, signal });
  }

  async rejoin(): Promise<void> {
    const subscription = this.subscription;
    this.subscription = undefined;
    await subscription?.close();
    this.joining = this.join();
    await this.joining;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([this.joining, this.draining]);
    await this.subscription?.close();
  }

  /** Until it has joined: a service starts while the log is away. */
  private async join(): Promise<void> {
    const { log, group, topicsReady, logger } = this.parts;
    while (!this.closing.signal.aborted) {
      try {
        await topicsReady();
        const { topics, concurrency } = this.subscriptions;
        const subscription = await log.subscribe({ group, topics, concurrency, handle: (record, signal) => this.handle(record, signal) });
        this.joined(subscription);
        return;
      } catch (error) {
        logger.warn({ err: error }, 'the group could not be joined; it is tried again');
        await pause(jittered(joinAgainMs, Math.random()), this.closing.signal);
      }
    }
  }

  /** Cron-like: joins, finishes what is there, leaves, sleeps. */
  private async drainEvery(everyMs: number): Promise<void> {
    while (!this.closing.signal.aborted) {
      await this.join();
      await this.drained();
      const subscription = this.subscription;
      this.sleeps = true;
      this.subscription = undefined;
      await subscription?.close();
      await pause(jittered(everyMs, Math.random()), this.closing.signal);
      this.sleeps = false;
    }
  }

  /** Resolves once the group has settled all there is, or the consumer closes. */
  private async drained(): Promise<void> {
    const { log, group, logger } = this.parts;
    while (!this.closing.signal.aborted) {
      const lags = await log.lag(group).catch((error: unknown) => {
        logger.debug({ err: error }, 'the lag is unknown: the log is away');
        return [];
      });
      if (lags.length > 0 && lags.every(({ lag }) => lag === 0n)) return;
      await pause(drainLookMs, this.closing.signal);
    }
  }

  private joined(subscription: Subscription): void {
    this.subscription = subscription;
    if (this.paused) subscription.pauseAll();
    void subscription.failed.then((error) => {
      if (this.subscription === subscription) this.parts.onFatal(error);
    });
  }

  private async handle(record: LogRecord, signal: AbortSignal): Promise<Verdict> {
    const decoded = decode(record, this.subscriptions, knownTypes);
    const outcome = await this.parts.live({ record, decoded, policy: policyOf(decoded), signal });
    this.count += 1;
    return outcome.kind === 'later' ? outcome : { kind: 'done' };
  }
}

function policyOf(decoded: Decoded): RetryPolicy {
  const own = decoded.kind === 'event' ? decoded.subscribers.find(({ options }) => options.policy)?.options.policy : undefined;
  return { ...defaultPolicy, ...own };
}
