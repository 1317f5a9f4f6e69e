import { Observable, type Subscriber } from 'rxjs';
import type { Logger } from 'pino';
import type { Growth, GrowthChannel } from './growth.js';

/** A sign of life is sent this often. Source: order.proto, `FollowHistories`; jobs.proto, `FollowJobs`. */
const beatMs = 5_000;
/** What grows within this time is told in one message. */
const gatherMs = 10;

/** Tells followers what has grown: here at once, and in other replicas by the channel. */
export class GrowthFeed {
  private readonly followers = new Set<Subscriber<Growth>>();
  private readonly grown = new Set<string>();
  private readonly untold = new Set<string>();
  private beat: NodeJS.Timeout | undefined;
  private gathering: NodeJS.Timeout | undefined;
  private telling: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    readonly name: string,
    private readonly channel: GrowthChannel,
    private readonly logger: Logger,
  ) {}

  /** Growth from now on; completes when this process stops. */
  run(): Observable<Growth> {
    return new Observable((follower) => {
      if (this.isStopped) return follower.complete();
      this.followers.add(follower);
      follower.next({ ids: [], isAny: false });
      return () => this.followers.delete(follower);
    });
  }

  /** Something of this has grown and is committed. Never waits, never throws. */
  grew(id: string): void {
    this.grown.add(id);
    if (!this.isStopped) this.gathering ??= setTimeout(() => this.flush(), gatherMs);
  }

  start(): Promise<void> {
    this.channel.listen((growth) => this.emit(growth));
    this.beat = setInterval(() => this.emit({ ids: [], isAny: false }), beatMs);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.beat);
    clearTimeout(this.gathering);
    this.flush();
    await this.telling;
    for (const follower of [...this.followers]) follower.complete();
    await this.channel.stop();
  }

  private emit(growth: Growth): void {
    for (const follower of [...this.followers]) follower.next(growth);
  }

  private flush(): void {
    this.gathering = undefined;
    if (this.grown.size === 0) return;
    this.emit({ ids: [...this.grown], isAny: false });
    for (const id of this.grown) this.untold.add(id);
    this.grown.clear();
    this.tellOthers();
  }

  private tellOthers(): void {
    this.telling ??= this.tell().finally(() => {
      this.telling = undefined;
      if (this.untold.size > 0) this.tellOthers(); // it came in the very moment the telling ended
    });
  }

  /** One notification is under way at a time; what comes meanwhile goes into the next. */
  private async tell(): Promise<void> {
    while (this.untold.size > 0) {
      const ids = [...this.untold];
      this.untold.clear();
      await this.channel
        .tell(ids)
        .catch((error: unknown) => this.logger.debug({ err: error }, 'other replicas were not told of growth; they look by themselves'));
    }
  }
}
