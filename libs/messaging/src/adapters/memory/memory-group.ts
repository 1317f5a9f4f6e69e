import { setTimeout as sleep } from 'node:timers/promises';
import type { Position, SubscribeOptions, Subscription, TopicPartition } from '../../event-log.js';
import { Delivery } from '../delivery.js';
import type { Logger } from '../logger.js';
import { Pauses, nameOf } from '../pauses.js';
import type { MemoryStore } from './memory-store.js';

/** How long a partition that is given back waits for the record in hand. */
const releaseWithinMs = 10_000;

type Claim = TopicPartition & { committed: bigint; owner?: Member; delivery?: Delivery };
type Member = Omit<SubscribeOptions, 'group'> & { readonly pauses: Pauses; readonly logger: Logger };

/** Members of one group and what it has committed. The i-th partition of a topic belongs to its (i mod n)-th member by age. */
export class MemoryGroup {
  private readonly claims = new Map<string, Claim>();
  private members: readonly Member[] = [];

  constructor(private readonly store: MemoryStore) {}

  join(options: SubscribeOptions, logger: Logger): Subscription {
    const member: Member = { ...options, logger, pauses: new Pauses(() => this.wake()) };
    for (const topic of options.topics) this.claimAll(topic, options.from ?? 'earliest');
    this.members = [...this.members, member];
    this.rebalance();
    const leave = once(() => this.leave(member));
    return {
      assigned: () => this.of(member).map(({ topic, partition }) => ({ topic, partition })),
      ...member.pauses.controls,
      failed: new Promise(() => undefined),
      close: leave,
    };
  }

  /** What the group has claimed, by topic and partition. */
  claimed(): readonly Claim[] {
    return [...this.claims.values()];
  }

  wake(): void {
    for (const { delivery } of this.claims.values()) delivery?.wake();
  }

  async seek(topic: string, position: Position): Promise<void> {
    this.claimAll(topic, 'earliest');
    const moved = this.claimed().filter((claim) => claim.topic === topic && this.store.offsetOf(claim, position) !== undefined);
    await Promise.all(moved.map((claim) => this.release(claim)));
    for (const claim of moved) claim.committed = this.store.offsetOf(claim, position) ?? claim.committed;
    this.rebalance();
  }

  private async leave(member: Member): Promise<void> {
    this.members = this.members.filter((other) => other !== member);
    await Promise.all(this.of(member).map((claim) => this.release(claim)));
    this.rebalance();
  }

  private of(member: Member): readonly Claim[] {
    return this.claimed().filter(({ owner }) => owner === member);
  }

  private claimAll(topic: string, from: 'earliest' | 'latest'): void {
    this.store.partitionsOf(topic).forEach((records, partition) => {
      const name = nameOf({ topic, partition });
      if (!this.claims.has(name)) this.claims.set(name, { topic, partition, committed: from === 'latest' ? BigInt(records.length) : 0n });
    });
  }

  private rebalance(): void {
    for (const claim of this.claims.values()) {
      const candidates = this.members.filter(({ topics }) => topics.includes(claim.topic));
      const target = candidates[claim.partition % candidates.length];
      if (!claim.owner && target) this.take(claim, target);
      else if (claim.owner && claim.owner !== target) void this.release(claim).then(() => this.rebalance());
    }
  }

  private take(claim: Claim, owner: Member): void {
    const delivery = new Delivery({
      handle: owner.handle,
      concurrency: owner.concurrency ?? 1,
      logger: owner.logger,
      next: (index) => this.store.records(claim)[Number(claim.committed) + index],
      done: ({ offset }) => (claim.committed = offset + 1n),
      flows: () => owner.pauses.flows(claim),
    });
    Object.assign(claim, { owner, delivery });
    delivery.wake();
  }

  private async release(claim: Claim): Promise<void> {
    const { owner, delivery } = claim;
    await Promise.race([delivery?.stop(), sleep(releaseWithinMs, undefined, { ref: false })]);
    if (claim.delivery !== delivery) return;
    owner?.pauses.forget(claim);
    delete claim.owner;
    delete claim.delivery;
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
