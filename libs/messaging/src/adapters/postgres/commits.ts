import type { Logger } from '../logger.js';
import type { Claim } from './claim.js';
import type { Run } from './connections.js';

const commit = {
  name: 'log-commit',
  text: `UPDATE claim c SET committed = v.off FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) v(grp, part, epoch, off)
         WHERE c.grp = v.grp AND c.part = v.part AND c.member = $5 AND c.epoch = v.epoch RETURNING c.grp, c.part`,
};
const afterMs = 100;
const afterRecords = 200;
const afterFailureMs = 1_000;

export type CommitsOptions = {
  readonly run: Run;
  readonly me: () => number | undefined;
  readonly lost: (claim: Claim) => void;
  readonly logger: Logger;
};

/**
 * Commits what was handled, for all partitions of all groups at once: 100 ms after the first record or after 200. Goes through the
 * member's session, one at a time, so that a commit never outlives the member. Not flushed: a commit lost in a crash is a redelivery.
 */
export class Commits {
  private readonly dirty = new Set<Claim>();
  private handled = 0;
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> | undefined;

  constructor(private readonly options: CommitsOptions) {}

  mark(claim: Claim): void {
    this.dirty.add(claim);
    this.handled += 1;
    if (this.handled >= afterRecords) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), afterMs);
  }

  /** Resolves when everything handled so far is committed, or lost, or the session is down. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.committing;
    await (this.committing ??= this.commitAll().finally(() => (this.committing = undefined)));
  }

  /** Commits nothing more. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private async commitAll(): Promise<void> {
    const claims = [...this.dirty].filter((claim) => claim.dirty);
    const me = this.options.me();
    this.dirty.clear();
    this.handled = 0;
    if (claims.length === 0 || me === undefined) return;
    const upTo = claims.map(({ done }) => done);
    try {
      const values = [
        claims.map(({ group }) => group),
        claims.map(({ part }) => part),
        claims.map(({ epoch }) => String(epoch)),
        upTo.map(String),
        me,
      ];
      this.settle(claims, upTo, await this.options.run<[string, number]>(commit, values));
    } catch (error) {
      this.options.logger.warn({ err: error }, 'offsets were not committed; their records may be given again');
      for (const claim of claims) this.dirty.add(claim);
      this.timer ??= setTimeout(() => void this.flush(), afterFailureMs);
    }
  }

  private settle(claims: readonly Claim[], upTo: readonly bigint[], rows: readonly (readonly [string, number])[]): void {
    const kept = new Set(rows.map(([group, part]) => `${part} ${group}`));
    claims.forEach((claim, index) => {
      if (kept.has(`${claim.part} ${claim.group}`)) claim.committed = upTo[index] ?? claim.committed;
      else this.options.lost(claim);
    });
  }
}
