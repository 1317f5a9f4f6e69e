import type { SubscribeOptions, Subscription } from '../../event-log.js';
import type { Logger } from '../logger.js';
import type { Announcer } from './announcer.js';
import type { Claim } from './claim.js';
import { Commits } from './commits.js';
import type { Run } from './connections.js';
import { Evictor } from './evictor.js';
import { Fetcher } from './fetcher.js';
import { GroupMember } from './group-member.js';
import { wakeUpOf } from './heads.js';
import { Session, memberLockClass } from './session.js';
import { type Survey, survey } from './survey.js';

/** The safety net under the wake-ups; it also shows that this session is not stuck. ± 10 %. */
const tickMs = 2_000;
const buryTheDead = {
  name: 'log-bury',
  text: `DELETE FROM member m WHERE NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = ${memberLockClass} AND l.objsubid = 2
         AND l.objid = m.id::oid AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
};

export type CoordinatorOptions = {
  readonly connectionString: string;
  readonly run: Run;
  readonly announcer: Announcer;
  readonly logger: Logger;
  readonly evictAfterMs: number;
};

/** All groups this process is a member of, over one session. */
export class Coordinator {
  private readonly groups = new Map<string, GroupMember>();
  private readonly session: Session;
  private readonly commits: Commits;
  private readonly fetcher: Fetcher;
  private readonly evictor: Evictor;
  private me: number | undefined;
  private tick: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private lookAgain = false;

  constructor(private readonly options: CoordinatorOptions) {
    const { connectionString, logger, run } = options;
    const events = { up: (me: number) => this.up(me), down: () => this.down(), notified: (payload: string) => this.notified(payload) };
    this.session = new Session({ connectionString, logger, events });
    this.commits = new Commits({ run: this.session.run, me: () => this.me, lost: (claim) => this.lost(claim), logger });
    this.fetcher = new Fetcher({ run, logger, claims: () => this.claims() });
    this.evictor = new Evictor({ run, logger, afterMs: options.evictAfterMs });
  }

  subscribe(subscription: SubscribeOptions): Subscription {
    const { group } = subscription;
    if (this.groups.has(group))
      throw new Error(`this client is already a member of group "${group}"; a second member needs a client of its own`);
    const { logger, announcer } = this.options;
    const member = new GroupMember({
      subscription,
      logger,
      run: this.session.run,
      commits: this.commits,
      hungry: () => this.fetcher.wake(),
      look: () => this.look(),
      tellGroup: () => announcer.changed(group),
    });
    this.groups.set(group, member);
    this.session.start();
    if (this.me !== undefined) void this.joinAll([member], this.me);
    let closing: Promise<void> | undefined;
    return {
      assigned: () => member.assigned(),
      ...member.pauses.controls,
      failed: new Promise(() => undefined),
      close: () => (closing ??= this.leave(group, member)),
    };
  }

  /** Records were appended by this process. */
  reached(part: number, next: bigint): void {
    for (const member of this.groups.values()) member.reach(part, next);
  }

  async close(): Promise<void> {
    await Promise.all([...this.groups].map(([group, member]) => this.leave(group, member)));
    clearTimeout(this.tick);
    this.commits.stop();
    await this.looking;
    await this.session.close();
  }

  private async leave(group: string, member: GroupMember): Promise<void> {
    await member.leave(() => this.me);
    await this.options.announcer.settled();
    if (this.groups.get(group) === member) this.groups.delete(group);
  }

  private *claims(): Iterable<Claim> {
    for (const member of this.groups.values()) yield* member.claims();
  }

  private up(me: number): void {
    this.me = me;
    this.options.logger.info({ member: me }, 'the event log’s session is up');
    void this.joinAll([...this.groups.values()], me);
    this.scheduleTick();
  }

  private async joinAll(members: readonly GroupMember[], me: number): Promise<void> {
    try {
      await this.session.run(buryTheDead);
      for (const member of members) await member.join(me);
    } catch (error) {
      this.options.logger.warn({ err: error }, 'a member could not join its groups yet');
      if (this.me === me) setTimeout(() => this.me === me && void this.joinAll(members, me), tickMs).unref();
    }
    this.look();
  }

  private down(): void {
    this.me = undefined;
    clearTimeout(this.tick);
    for (const member of this.groups.values()) member.dropAll();
  }

  private lost(claim: Claim): void {
    this.options.logger.warn({ group: claim.group, ...claim.of }, 'a partition is held by another member now');
    this.groups.get(claim.group)?.drop(claim.part);
  }

  private notified(payload: string): void {
    const wakeUp = wakeUpOf(payload);
    if (wakeUp.kind === 'heads') for (const [part, head] of wakeUp.heads) this.reached(part, head);
    else if (wakeUp.kind === 'look' || this.groups.has(wakeUp.group)) this.look();
  }

  private scheduleTick(): void {
    clearTimeout(this.tick);
    this.tick = setTimeout(
      () => {
        this.look();
        this.scheduleTick();
      },
      tickMs * (0.9 + Math.random() * 0.2),
    );
  }

  /** Looks at all groups now, or once more after the look under way. */
  private look(): void {
    this.lookAgain = true;
    this.looking ??= this.lookUntilDone().finally(() => {
      this.looking = undefined;
      if (this.lookAgain && this.me !== undefined) this.look();
    });
  }

  private async lookUntilDone(): Promise<void> {
    while (this.lookAgain && this.me !== undefined) {
      this.lookAgain = false;
      const me = this.me;
      try {
        const found = await survey(this.session.run, [...this.groups.keys()]);
        if (this.me === me) await this.follow(found, me);
      } catch (error) {
        this.options.logger.warn({ err: error }, 'the groups could not be looked at; the next tick does');
      }
    }
  }

  private async follow({ claims, living }: Survey, me: number): Promise<void> {
    for (const [group, member] of this.groups) {
      const ofGroup = { claims: claims.filter((row) => row.group === group), living: living.filter((row) => row.group === group) };
      await member.follow(ofGroup, me);
    }
    await this.evictor.consider(claims, me);
  }
}
