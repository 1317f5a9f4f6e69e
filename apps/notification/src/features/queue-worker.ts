import { setTimeout as sleep } from 'node:timers/promises';
import { createTicker, type Ticker } from '@tandem/host';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { Lease } from '../domain/lease.js';
import type { WorkQueue } from '../domain/work-queue.js';

/** Between two looks, milliseconds; in between it is known when something becomes due. */
const pause = { shortest: 250, longest: 15_000, untilNotedAgain: 1_000 } as const;
/** How long nothing more is taken once a server was found to be away, milliseconds. */
export const whileAwayMs = 5_000;
/** When a try is slow, milliseconds. It leaves its slot at the next look after that. */
const slowAfterMs = 2_000;
/** Of so many items it is known that their server was away for them. */
const mostAway = 1_000;

/** What came of a try: `afterMs` when it goes back into its queue until then. */
export type Outcome = { readonly kind: string; readonly afterMs?: number };
export type Tried<Item, Result> = { readonly item: Item; readonly outcome: Result };

/**
 * Whether an error means that nothing else could be done now either: its server is away. Then nothing more is taken for `whileAwayMs`. Otherwise it means
 * this item: also when its server is away for it again, and did another meanwhile.
 */
export type IsAway = (error: unknown) => boolean;

/** Tries as queues write them down. */
export function triesOf<Result>(tried: readonly Tried<{ readonly id: string; readonly attempts: number }, Result>[]) {
  return tried.map(({ item: { id, attempts }, outcome }) => ({ id, attempts, outcome }));
}

/** What a worker does, and with how many at a time. */
export type Work<Item extends { readonly id: string }, Result extends Outcome> = {
  readonly name: string;
  readonly queue: WorkQueue<Item>;
  readonly slots: number;
  /** How many slow ones may be in hand beside those in the slots: each leaves its slot to another, and keeps it beyond that. Default none. */
  readonly mostSlow?: number;
  readonly lease: Lease;
  /** The kind of outcome that says that the server did what it was asked for. */
  readonly done: Result['kind'];
  /** Tries one. A failure is an outcome; one that it rejects for all the same is due again when its lease ends. */
  attempt(item: Item, isAway: IsAway): Promise<Result>;
  /** Writes down what came of several; what ended while this was under way comes next, together. Asked again while it rejects, then for one by one. */
  note(tried: readonly Tried<Item, Result>[]): Promise<void>;
};

/**
 * Works a queue off, as soon as something is due. Each item has a slot of its own, so that one whose server is slow to answer holds up nothing else, nor do
 * several where slow ones leave their slots (`mostSlow`); it stays leased until what came of it is noted.
 */
export class QueueWorker<Item extends { readonly id: string }, Result extends Outcome> {
  readonly name: string;
  private readonly ticker: Ticker;
  /** By id: the look that took it, when, and its try. */
  private readonly inHand = new Map<string, { readonly look: number; readonly begunAtMs: number; readonly trying: Promise<void> }>();
  private tried: Tried<Item, Result>[] = [];
  private noting: Promise<void> | undefined;
  private isStopped = true;
  private isFull = false;
  private awayUntilMs = 0;
  /** The latest look of whose items the server did one. */
  private doneLook = 0;
  /** By id, until it ends: the latest look that says nothing of why the server was away for it. */
  private readonly awayLooks = new Map<string, number>();
  private heldAtMs = 0;
  private looks = 0;
  /** When something is due that nobody will wake us for, and when that is looked up again: what dead processes leave is found within `pause.longest`. */
  private readonly known = { dueAtMs: Infinity, untilMs: 0 };

  constructor(
    private readonly work: Work<Item, Result>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.name = work.name;
    this.ticker = createTicker({ everyMs: pause.longest, work: () => this.look(), onError: (error) => this.failed(error) });
  }

  start(): Promise<void> {
    this.isStopped = false;
    this.ticker.start();
    return Promise.resolve();
  }

  /** Takes no more; resolves once what is in hand has ended. What has not when the process ends is found by the next. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.ticker.stop();
    await this.hold();
    await Promise.all([...this.inHand.values()].map(({ trying }) => trying));
    await this.noting;
  }

  /** Looks for what is due, at once or after the look that is under way. */
  wake(): void {
    this.ticker.wake();
  }

  /** Answers in how many milliseconds to look again. */
  private async look(): Promise<number> {
    const { renewedEveryMs } = this.work.lease;
    if (performance.now() - this.heldAtMs >= renewedEveryMs) await this.hold();
    const dueMs = await this.takeUp().catch((error: unknown) => (this.failed(error), whileAwayMs));
    return Math.min(dueMs, this.inHand.size > 0 ? renewedEveryMs : pause.longest);
  }

  /** Fills the free slots; answers in how many milliseconds more is due. One that becomes free looks by itself, if there may be something for it: all were taken, or something has come since. */
  private async takeUp(): Promise<number> {
    const { queue, lease } = this.work;
    const awayMs = this.awayUntilMs - performance.now();
    if (awayMs > 0) return awayMs;
    const free = this.free();
    if (free === 0 || this.isStopped) return pause.longest;
    const look = ++this.looks;
    const taken = await queue.take(free, lease.ms, [...this.inHand.keys()]);
    for (const item of taken) this.inHand.set(item.id, { look, begunAtMs: performance.now(), trying: this.handle(item, look) });
    this.isFull = taken.length === free;
    if (this.isFull) return pause.longest;
    const nowMs = performance.now();
    if (nowMs >= Math.min(this.known.untilMs, this.known.dueAtMs)) {
      Object.assign(this.known, { dueAtMs: Infinity, untilMs: 0 });
      const nextMs = (await queue.nextDueMs([...this.inHand.keys()])) ?? Infinity;
      this.known.dueAtMs = Math.min(this.known.dueAtMs, nowMs + nextMs); // one that was put back meanwhile counts, too
      this.known.untilMs = nowMs + pause.longest - pause.shortest;
    }
    return Math.max(this.known.dueAtMs - nowMs, pause.shortest);
  }

  private free(): number {
    const { slots, mostSlow = 0 } = this.work;
    const before = performance.now() - slowAfterMs;
    const slow = [...this.inHand.values()].filter(({ begunAtMs }) => begunAtMs <= before).length;
    return slots - (this.inHand.size - Math.min(slow, mostSlow));
  }

  /** Never rejects. */
  private async handle(item: Item, look: number): Promise<void> {
    try {
      const outcome = await this.work.attempt(item, (error) => error instanceof Unavailable && this.isAway(item, look));
      if (outcome.kind === this.work.done) this.doneLook = Math.max(this.doneLook, look);
      if (outcome.afterMs === undefined) this.awayLooks.delete(item.id);
      this.tried.push({ item, outcome });
      this.noting ??= this.noteAll();
    } catch (error) {
      this.failed(error);
      this.inHand.delete(item.id);
    }
  }

  /** The first time says nothing of the item; from then on what was taken later and done does: what was taken before may have been done before the server went. */
  private isAway({ id }: Item, look: number): boolean {
    if (this.isStopped) return true; // it may never have been given to its server
    const first = this.awayLooks.get(id);
    const isAway = first === undefined || this.doneLook <= first;
    if (this.awayLooks.size >= mostAway) this.awayLooks.clear();
    this.awayLooks.set(id, isAway && first !== undefined ? first : Math.max(look, this.doneLook)); // what was done before does not speak for a server that goes once more
    if (isAway) this.rest();
    return isAway;
  }

  private rest(): void {
    if (this.awayUntilMs <= performance.now()) this.logger.warn({ work: this.name }, 'a queue waits: its server is away');
    this.awayUntilMs = performance.now() + whileAwayMs;
  }

  private async noteAll(): Promise<void> {
    while (this.tried.length > 0) {
      const tried = this.tried.splice(0);
      const left = await this.noted(tried);
      this.release(tried.filter((one) => !left.includes(one)));
      if (left.length === 0) continue;
      if (this.isStopped) break;
      this.tried.push(...left);
      await sleep(pause.untilNotedAgain);
    }
    this.noting = undefined;
  }

  /** Answers what could not be noted: all while the database is away, or the one that cannot be written down. A server's answer is not forgotten meanwhile. */
  private async noted(tried: readonly Tried<Item, Result>[]): Promise<readonly Tried<Item, Result>[]> {
    try {
      await this.work.note(tried);
      return [];
    } catch (error) {
      this.failed(error);
      if (tried.length === 1) return tried;
      const left: Tried<Item, Result>[] = [];
      for (const one of tried) left.push(...(await this.noted([one])));
      return left;
    }
  }

  private release(tried: readonly Tried<Item, Result>[]): void {
    let mayBeMore = this.isFull;
    for (const { item, outcome } of tried) {
      mayBeMore ||= this.inHand.get(item.id)?.look !== this.looks;
      this.inHand.delete(item.id);
      if (outcome.afterMs === undefined) continue;
      this.known.dueAtMs = Math.min(this.known.dueAtMs, performance.now() + outcome.afterMs);
      mayBeMore = true; // to set the clock anew
    }
    if (mayBeMore) this.wake();
  }

  /** Leases what is in hand anew. */
  private async hold(): Promise<void> {
    this.heldAtMs = performance.now();
    if (this.inHand.size === 0) return;
    await this.work.queue.hold([...this.inHand.keys()], this.work.lease.ms).catch((error: unknown) => this.failed(error));
  }

  private failed(error: unknown): void {
    this.logger.warn({ err: error, work: this.name }, 'a queue could not be looked after; trying again');
  }
}
