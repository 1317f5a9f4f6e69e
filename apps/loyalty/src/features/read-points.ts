import { type Standing, standingOf } from '../domain/points.js';
import type { LedgerLine, PointsStatement } from '../domain/points-ledger.js';

export type Account = Standing & { readonly balance: bigint; readonly pending: bigint };

/** A customer's own view of its points. Somebody without an entry has zero points. */
export class ReadPoints {
  constructor(private readonly statement: PointsStatement) {}

  async account(customerId: string): Promise<Account> {
    const { pending, available, earned } = await this.statement.balanceOf(customerId);
    return { balance: available, pending, ...standingOf(earned) };
  }

  /** Newest first, before the line numbered `before`; `next` goes on after the last one. */
  async lines(customerId: string, { before, limit }: { before: bigint | null; limit: number }): Promise<{ readonly lines: readonly LedgerLine[]; readonly next: bigint | null }> {
    const found = await this.statement.linesOf(customerId, before ?? newest, limit + 1);
    const lines = found.slice(0, limit);
    return { lines, next: found.length > limit ? (lines.at(-1)?.sequence ?? null) : null };
  }
}

/** Above every sequence: PostgreSQL's largest bigint. */
const newest = 9_223_372_036_854_775_807n;
