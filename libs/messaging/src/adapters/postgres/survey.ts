import type { Run } from './connections.js';
import { memberLockClass } from './session.js';

const claimsOf = {
  name: 'log-claims',
  text: `SELECT c.grp, c.part, p.topic, p.n, c.member, c.epoch, c.committed, p.next_offset FROM claim c JOIN part p ON p.id = c.part WHERE c.grp = ANY($1)`,
};
const livingOf = {
  name: 'log-living',
  text: `SELECT m.grp, m.id, m.topics FROM member m WHERE m.grp = ANY($1) AND m.id IN (SELECT l.objid::int FROM pg_locks l
         WHERE l.locktype = 'advisory' AND l.classid = ${memberLockClass} AND l.objsubid = 2 AND l.granted
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
};

export type ClaimRow = {
  readonly group: string;
  readonly part: number;
  readonly topic: string;
  readonly n: number;
  readonly member: number | null;
  readonly epoch: bigint;
  readonly committed: bigint;
  readonly head: bigint;
};
export type LivingMember = { readonly group: string; readonly id: number; readonly topics: readonly string[] };
export type Survey = { readonly claims: readonly ClaimRow[]; readonly living: readonly LivingMember[] };

/** Claims first, then the living: a holder that is not alive in the second answer is dead for ever. One statement would not promise that order. */
export async function survey(run: Run, groups: readonly string[]): Promise<Survey> {
  const rows = await run<[string, number, string, number, number | null, string, string, string]>(claimsOf, [groups]);
  const living = await run<[string, number, string[]]>(livingOf, [groups]);
  return {
    claims: rows.map(([group, part, topic, n, member, epoch, committed, head]) => ({
      group,
      part,
      topic,
      n,
      member,
      epoch: BigInt(epoch),
      committed: BigInt(committed),
      head: BigInt(head),
    })),
    living: living.map(([group, id, topics]) => ({ group, id, topics })),
  };
}

/** What a member should do about the partitions of one group. */
export type Plan = {
  readonly lost: readonly number[];
  readonly release: readonly number[];
  readonly take: readonly Pick<ClaimRow, 'part' | 'epoch'>[];
};

/**
 * Everyone computes the same owners: the i-th partition of a topic belongs to the (i mod n)-th of its living members by id. A partition is
 * taken only when nobody living holds it; one that belongs to another is given back first.
 */
export function planOf({ claims, living }: Survey, me: number, held: ReadonlyMap<number, { readonly epoch: bigint }>): Plan {
  const ids = new Set(living.map(({ id }) => id));
  const plan = { lost: [] as number[], release: [] as number[], take: [] as Pick<ClaimRow, 'part' | 'epoch'>[] };
  for (const row of claims) {
    const mine = held.get(row.part);
    const owner = ownerOf(row, living);
    if (mine && (row.member !== me || row.epoch !== mine.epoch)) plan.lost.push(row.part);
    else if (mine && owner !== me) plan.release.push(row.part);
    else if (!mine && owner === me && (row.member === null || row.member === me || !ids.has(row.member)))
      plan.take.push({ part: row.part, epoch: row.epoch });
  }
  return plan;
}

function ownerOf({ topic, n }: ClaimRow, living: readonly LivingMember[]): number | undefined {
  const candidates = living
    .filter(({ topics }) => topics.includes(topic))
    .map(({ id }) => id)
    .sort((a, b) => a - b);
  return candidates[n % candidates.length];
}
