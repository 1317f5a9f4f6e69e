import { Readable } from 'node:stream';
import { Refusal } from '@tandem/host';
import type { Logger } from 'pino';
import { frameOf, heartbeat, opening, type StreamedEvent } from '../domain/event-stream.js';
import { type Growth, type LiveFeed, mostAtOnce, mostEvents } from '../domain/live-feed.js';

/** Open streams of one principal, and of this process. Source: docs/reference/live-orders.md, "Limits". */
const mostPerPrincipal = 10;
const mostOpen = 5_000;
const heartbeatMs = 15_000;
/** Heartbeats a reader may leave unread before it is let go. */
const patience = 4;
/** Bytes held for a slow reader; no more is read for it before they are gone. */
const bufferBytes = 8_192;
const againAfterMs = 500;

type Follower = {
  readonly id: string;
  readonly principalId: string;
  readonly stream: Readable;
  after: number;
  isHungry: boolean;
  isBehind: boolean;
  hasEnded: boolean;
  unread: number;
};
export type Following = { readonly id: string; readonly principalId: string; readonly after: number };

/** Open streams of every kind in this process, of all and of each principal. */
export class OpenStreams {
  private readonly perPrincipal = new Map<string, number>();
  private open = 0;

  refuseUnlessRoom(principalId: string): void {
    if (this.open >= mostOpen) throw new Refusal('overloaded', { detail: 'too many open streams', retryAfterSeconds: 5 });
    if ((this.perPrincipal.get(principalId) ?? 0) < mostPerPrincipal) return;
    throw new Refusal('rate-limited', { detail: `at most ${mostPerPrincipal} open streams each`, retryAfterSeconds: 5 });
  }

  opened(principalId: string): void {
    this.open += 1;
    this.perPrincipal.set(principalId, (this.perPrincipal.get(principalId) ?? 0) + 1);
  }

  closed(principalId: string): void {
    this.open -= 1;
    const left = (this.perPrincipal.get(principalId) ?? 1) - 1;
    if (left > 0) this.perPrincipal.set(principalId, left);
    else this.perPrincipal.delete(principalId);
  }
}

export type LiveStreamsParts = {
  readonly feed: LiveFeed;
  /** One for all kinds of streams of the process. */
  readonly open: OpenStreams;
  readonly logger: Logger;
};

/** The open event streams of one kind in this process. Each is filled from its owner's records as fast as its reader takes it, so nothing is lost, doubled or piled up. */
export class LiveStreams {
  private readonly followers = new Map<string, Set<Follower>>();
  /** Hungry and behind: read next. */
  private readonly waiting = new Set<Follower>();
  private turn: Promise<void> | undefined;
  private beat: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    readonly name: string,
    private readonly parts: LiveStreamsParts,
  ) {}

  start(): Promise<void> {
    this.parts.feed.follow((growth) => this.grew(growth));
    this.beat = setInterval(() => this.beatAll(), heartbeatMs);
    return Promise.resolve();
  }

  /** Ends every stream at once; their clients come back to another process and go on. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.beat);
    this.parts.feed.stop();
    for (const { stream } of this.all()) {
      stream.push(null);
      if (stream.readableLength > 0) stream.destroy(); // its reader would be waited for
    }
    await this.turn;
  }

  /** The bytes of one stream: all that came after, then whatever comes. Whoever opens it may see it. Ends by itself after an event that is the last. */
  run({ id, principalId, after }: Following): Readable {
    if (this.isStopped) throw new Refusal('unavailable', { detail: 'this process is ending; connect again', retryAfterSeconds: 1 });
    this.parts.open.refuseUnlessRoom(principalId);
    const stream = new Readable({
      highWaterMark: bufferBytes,
      read: () => this.hunger(follower),
      destroy: (error, done) => (this.forget(follower), done(error)),
    });
    const follower: Follower = { id, principalId, stream, after, isHungry: true, isBehind: true, hasEnded: false, unread: 0 };
    this.remember(follower);
    stream.push(opening);
    this.look(follower);
    return stream;
  }

  private remember(follower: Follower): void {
    const { id, principalId } = follower;
    this.parts.open.opened(principalId);
    const followers = this.followers.get(id);
    if (followers) followers.add(follower);
    else this.followers.set(id, new Set([follower]));
  }

  private forget(follower: Follower): void {
    const { id, principalId } = follower;
    const followers = this.followers.get(id);
    if (!followers?.delete(follower)) return;
    this.parts.open.closed(principalId);
    this.waiting.delete(follower);
    if (followers.size === 0) this.followers.delete(id);
  }

  private grew({ ids, isAny }: Growth): void {
    const touched = isAny ? this.all() : ids.flatMap((id) => [...(this.followers.get(id) ?? [])]);
    for (const follower of touched) {
      follower.isBehind = true;
      this.look(follower);
    }
  }

  private hunger(follower: Follower): void {
    follower.isHungry = true;
    this.look(follower);
  }

  private look(follower: Follower): void {
    if (!follower.isHungry || !follower.isBehind || follower.hasEnded || follower.stream.destroyed || this.isStopped) return;
    this.waiting.add(follower);
    this.takeTurn();
  }

  private takeTurn(): void {
    this.turn ??= this.read().finally(() => {
      this.turn = undefined;
      if (this.waiting.size > 0 && !this.isStopped) this.takeTurn(); // it came in the very moment the turn ended
    });
  }

  /** Reads for all that wait, many in one look, one look at a time. */
  private async read(): Promise<void> {
    await Promise.resolve(); // whoever is named in the same message comes along
    while (this.waiting.size > 0 && !this.isStopped) {
      const taken = this.take();
      try {
        const positions = [...taken].map(([id, readers]) => ({ id, after: Math.min(...readers.map(({ after }) => after)) }));
        const found = await this.parts.feed.read(positions);
        for (const [id, readers] of taken) for (const reader of readers) this.deliver(reader, found.get(id) ?? []);
      } catch (error) {
        this.parts.logger.debug({ err: error }, 'what is followed was not read; trying again');
        for (const reader of [...taken.values()].flat()) this.again(reader);
        await new Promise((resolve) => setTimeout(resolve, againAfterMs));
      }
    }
  }

  private take(): Map<string, Follower[]> {
    const taken = new Map<string, Follower[]>();
    for (const follower of this.waiting) {
      const readers = taken.get(follower.id);
      if (!readers && taken.size === mostAtOnce) continue;
      if (readers) readers.push(follower);
      else taken.set(follower.id, [follower]);
      this.waiting.delete(follower);
      follower.isBehind = false;
    }
    return taken;
  }

  private deliver(reader: Follower, events: readonly StreamedEvent[]): void {
    const { stream } = reader;
    if (stream.destroyed || reader.hasEnded || this.isStopped) return;
    const fresh = events.filter(({ sequence }) => sequence > reader.after);
    reader.after = fresh.at(-1)?.sequence ?? reader.after;
    if (fresh.length > 0) reader.isHungry = stream.push(fresh.map(frameOf).join(''));
    if (fresh.at(-1)?.isLast) {
      reader.hasEnded = true;
      stream.push(null); // what is unread is taken at the reader's pace
    } else if (events.length >= mostEvents) this.again(reader); // there may be more
  }

  private again(reader: Follower): void {
    reader.isBehind = true;
    if (reader.isHungry && !reader.stream.destroyed) this.waiting.add(reader);
  }

  /** A heartbeat for everyone, and a look at what a lost message may have left behind. */
  private beatAll(): void {
    for (const follower of this.all()) {
      const { stream } = follower;
      follower.unread = stream.readableLength > 0 ? follower.unread + 1 : 0;
      if (follower.unread >= patience) stream.destroy();
      else if (follower.unread === 0 && !follower.hasEnded) follower.isHungry = stream.push(heartbeat);
    }
    this.grew({ ids: [], isAny: true });
  }

  private all(): readonly Follower[] {
    return [...this.followers.values()].flatMap((followers) => [...followers]);
  }
}
