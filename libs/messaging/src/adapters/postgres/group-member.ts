import { setTimeout as sleep } from 'node:timers/promises';
import type { SubscribeOptions, TopicPartition } from '../../event-log.js';
import type { Logger } from '../logger.js';
import { Pauses } from '../pauses.js';
import { Claim } from './claim.js';
import type { Commits } from './commits.js';
import type { Run } from './connections.js';
import { type Plan, type Survey, planOf } from './survey.js';

/** Durable, by a referenced set_config: a claim must not be forgotten by a crash, or its epoch would come twice. */
const take = {
  name: 'log-take',
  text: `WITH s AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
         UPDATE claim c SET member = $2, epoch = c.epoch + 1 FROM s, unnest($3::int[], $4::bigint[]) v(part, epoch), part p
         WHERE c.grp = $1 AND c.part = v.part AND c.epoch = v.epoch AND p.id = c.part
         RETURNING c.part, p.topic, p.n, c.epoch, greatest(c.committed, p.first_offset), p.next_offset`,
};
const giveBack = {
  name: 'log-give-back',
  text: `UPDATE claim c SET member = NULL FROM unnest($3::int[], $4::bigint[]) v(part, epoch)
         WHERE c.grp = $1 AND c.part = v.part AND c.member = $2 AND c.epoch = v.epoch`,
};
const leave = {
  name: 'log-leave',
  text: `WITH gone AS (DELETE FROM member WHERE grp = $1 AND id = $2) UPDATE claim SET member = NULL WHERE grp = $1 AND member = $2`,
};
const join = {
  name: 'log-join',
  text: `INSERT INTO member (grp, id, topics) VALUES ($1, $2, $3) ON CONFLICT (grp, id) DO UPDATE SET topics = excluded.topics`,
};

/** How long a closing member waits for records in hand. */
const closeWithinMs = 10_000;

export type GroupMemberOptions = {
  readonly subscription: SubscribeOptions;
  readonly run: Run;
  readonly commits: Commits;
  readonly logger: Logger;
  /** A claim may want to read. */
  readonly hungry: () => void;
  /** The group should be looked at again. */
  readonly look: () => void;
  /** Other members should look at the group. */
  readonly tellGroup: () => void;
};

/** This process's part in one group: the partitions it holds. */
export class GroupMember {
  readonly pauses: Pauses;
  private readonly held = new Map<number, Claim>();
  /** Partitions dropped while a record was in hand; they are not taken again before it is out of hand. */
  private readonly ending = new Set<number>();
  private leaving = false;

  constructor(private readonly options: GroupMemberOptions) {
    this.pauses = new Pauses(() => {
      for (const claim of this.held.values()) claim.wake();
      options.hungry();
    });
  }

  claims(): Iterable<Claim> {
    return this.held.values();
  }

  assigned(): readonly TopicPartition[] {
    return [...this.held.values()].map(({ of }) => of);
  }

  async join(me: number): Promise<void> {
    if (this.leaving) return;
    const { group, topics } = this.options.subscription;
    await this.options.run(join, [group, me, topics]);
    this.options.tellGroup();
  }

  /** Does what the survey asks for; what has to wait for a record in hand is only begun. */
  async follow(found: Survey, me: number): Promise<void> {
    if (this.leaving) return;
    for (const { part, head } of found.claims) this.reach(part, head);
    const plan = planOf(found, me, this.held);
    for (const part of plan.lost) this.drop(part);
    const release = plan.release.map((part) => this.held.get(part)).filter((claim): claim is Claim => claim?.state === 'held');
    if (release.length > 0) void this.release(release, me);
    const wanted = plan.take.filter(({ part }) => !this.ending.has(part));
    if (wanted.length > 0) await this.take(wanted, me);
  }

  reach(part: number, head: bigint): void {
    const claim = this.held.get(part);
    if (!claim || head <= claim.head) return;
    claim.head = head;
    if (claim.hungry) this.options.hungry();
  }

  /** Nothing held is ours any more: commits would be refused. */
  dropAll(): void {
    for (const part of [...this.held.keys()]) this.drop(part);
  }

  drop(part: number): void {
    const claim = this.held.get(part);
    if (!claim) return;
    this.held.delete(part);
    this.ending.add(part);
    void claim.stop('lost').then(() => {
      this.ending.delete(part);
      this.options.look();
    });
  }

  /** Finishes what is in hand (≤ 10 s), commits it and gives everything back. */
  async leave(me: () => number | undefined): Promise<void> {
    this.leaving = true;
    const claims = [...this.held.values()];
    const timeUp = new AbortController();
    const limit = sleep(closeWithinMs, undefined, { signal: timeUp.signal }).catch(() => undefined);
    await Promise.race([Promise.all(claims.map((claim) => claim.stop('releasing'))), limit]);
    timeUp.abort();
    await this.options.commits.flush();
    for (const claim of claims) claim.state = 'lost';
    this.held.clear();
    const id = me();
    if (id === undefined) return;
    await this.options
      .run(leave, [this.options.subscription.group, id])
      .catch((error: unknown) => this.options.logger.warn({ err: error }, 'a member could not say goodbye'));
    this.options.tellGroup();
  }

  private async take(wanted: Plan['take'], me: number): Promise<void> {
    const { group, handle, concurrency = 1 } = this.options.subscription;
    const { logger, hungry, commits } = this.options;
    const values = [group, me, wanted.map(({ part }) => part), wanted.map(({ epoch }) => String(epoch))];
    const rows = await this.options.run<[number, string, number, string, string, string]>(take, values);
    for (const [part, topic, partition, epoch, committed, head] of rows) {
      const taken = { group, part, topic, partition, epoch: BigInt(epoch), committed: BigInt(committed), head: BigInt(head) };
      this.held.set(
        part,
        new Claim({
          taken,
          handle,
          concurrency,
          logger,
          pauses: this.pauses,
          events: { progressed: (claim) => commits.mark(claim), drained: hungry },
        }),
      );
    }
    logger.info({ group, partitions: rows.map(([, topic, n]) => `${topic}/${n}`) }, 'partitions taken');
    if (this.leaving) this.dropAll();
    hungry();
  }

  private async release(claims: readonly Claim[], me: number): Promise<void> {
    const { group } = this.options.subscription;
    await Promise.all(claims.map((claim) => claim.stop('releasing')));
    await this.options.commits.flush();
    try {
      await this.options.run(giveBack, [group, me, claims.map(({ part }) => part), claims.map(({ epoch }) => String(epoch))]);
    } catch (error) {
      this.options.logger.warn({ err: error, group }, 'partitions were not given back; they are once the group is looked at again');
    }
    for (const claim of claims) {
      claim.state = 'lost';
      if (this.held.get(claim.part) === claim) this.held.delete(claim.part);
      this.pauses.forget(claim.of);
    }
    this.options.tellGroup();
  }
}
