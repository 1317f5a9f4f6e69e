import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '../../event-log.js';
import type { Logger } from '../logger.js';
import { type Claim, bufferSize } from './claim.js';
import type { Run } from './connections.js';

/** One round trip for every partition that wants records; LATERAL with LIMIT keeps it on the primary key whatever the planner guesses. */
const read = {
  name: 'log-read-claims',
  text: `SELECT w.i::int, r."offset", r.ts, r.key, r.headers, r.value FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY w(part, pos, i)
         CROSS JOIN LATERAL (SELECT * FROM rec WHERE rec.part = w.part AND rec."offset" >= w.pos ORDER BY rec."offset" LIMIT $3) r`,
};
const readFrom = {
  name: 'log-read',
  text: 'SELECT "offset", ts, key, headers, value FROM rec WHERE part = $1 AND "offset" >= $2 ORDER BY "offset" LIMIT $3',
};

/** A read is sized so that it brings about this much, judged by the largest average seen lately. */
const aimBytes = 8_000_000;
const retryMs = 200;

type Columns = readonly [offset: string, timestamp: Date, key: string | null, headers: string, value: string | null];

/** Reads ahead for the claims of this member; one read under way at a time. */
export class Fetcher {
  private fetching = false;
  private averageBytes = 4_000;

  constructor(private readonly options: { readonly run: Run; readonly claims: () => Iterable<Claim>; readonly logger: Logger }) {}

  /** Some claim may be hungry. */
  wake(): void {
    if (this.fetching) return;
    this.fetching = true;
    void this.fetchAll();
  }

  private async fetchAll(): Promise<void> {
    for (let hungry = this.hungry(); hungry.length > 0; hungry = this.hungry()) {
      try {
        await this.fetch(hungry);
      } catch (error) {
        this.options.logger.warn({ err: error }, 'records could not be read; trying again');
        await sleep(retryMs);
      }
    }
    this.fetching = false;
  }

  private hungry(): readonly Claim[] {
    return [...this.options.claims()].filter((claim) => claim.hungry);
  }

  private async fetch(claims: readonly Claim[]): Promise<void> {
    const limit = Math.max(1, Math.min(bufferSize / 2, Math.floor(aimBytes / this.averageBytes / claims.length)));
    const heads = claims.map(({ head }) => head);
    const rows = await this.options.run<[number, ...Columns]>(read, [
      claims.map(({ part }) => part),
      claims.map(({ pos }) => String(pos)),
      limit,
    ]);
    const given = claims.map((): LogRecord[] => []);
    for (const [rank, ...columns] of rows) {
      const claim = claims[rank - 1];
      if (claim) given[rank - 1]?.push(recordOf(claim.of, columns));
    }
    this.learn(rows.map((row) => row[5]?.length ?? 0));
    claims.forEach((claim, index) => claim.fed(given[index] ?? [], heads[index] ?? claim.pos));
  }

  /** Follows growth at once and shrinking slowly. */
  private learn(sizes: readonly number[]): void {
    if (sizes.length === 0) return;
    const average = 300 + sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    this.averageBytes = Math.max(average, this.averageBytes * 0.9 + average * 0.1);
  }
}

/** Records of one partition, without a claim. */
export async function readPartition(
  run: Run,
  at: { readonly part: number; readonly topic: string; readonly partition: number; readonly offset: bigint },
  limit: number,
): Promise<readonly LogRecord[]> {
  const rows = await run<Columns>(readFrom, [at.part, String(at.offset), limit]);
  return rows.map((columns) => recordOf(at, columns));
}

function recordOf(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  [offset, timestamp, key, headers, value]: Columns,
): LogRecord {
  return { topic, partition, offset: BigInt(offset), timestamp, key, headers: JSON.parse(headers) as Record<string, string>, value };
}
