import type { Now, Tx } from '@tandem/kernel';
import type { LedgerLine, PointsStatement } from '../domain/points-ledger.js';
import { type Rules, type Standing, standingOf } from '../domain/rules.js';

export type Account = Standing & { readonly balance: bigint; readonly pending: bigint };
/** The rules that are valid at a moment. */
export type FindRules = (at: Date, tx?: Tx) => Promise<Rules>;

const dayMs = 86_400_000;

/** A customer's own view of its points. Somebody without an entry has zero points. */
export class ReadPoints {
  constructor(
    private readonly statement: PointsStatement,
    private readonly findRules: FindRules,
    private readonly now: Now,
  ) {}

  async account(customerId: string): Promise<Account> {
    const now = this.now();
    const rules = await this.findRules(now);
    const [{ pending, available }, standing] = await Promise.all([
      this.statement.balanceOf(customerId),
      standingIn(this.statement, customerId, { rules, now }),
    ]);
    return { balance: available, pending, ...standing };
  }

  /** Newest first, before the line numbered `before`; `next` goes on after the last one. */
  async lines(
    customerId: string,
    { before, limit }: { before: bigint | null; limit: number },
  ): Promise<{ readonly lines: readonly LedgerLine[]; readonly next: bigint | null }> {
    const found = await this.statement.linesOf(customerId, before ?? newest, limit + 1);
    const lines = found.slice(0, limit);
    return { lines, next: found.length > limit ? (lines.at(-1)?.sequence ?? null) : null };
  }
}

type Moment = { readonly rules: Rules; readonly now: Date; readonly tx?: Tx };

/** The tier of a customer at a moment: by what it earned and kept in the days before. */
export async function tierOf(statement: Pick<PointsStatement, 'earnedSince'>, customerId: string, at: Moment): Promise<string> {
  return (await standingIn(statement, customerId, at)).tier;
}

async function standingIn(
  statement: Pick<PointsStatement, 'earnedSince'>,
  customerId: string,
  { rules, now, tx }: Moment,
): Promise<Standing> {
  return standingOf(await statement.earnedSince(customerId, new Date(now.getTime() - rules.tierDays * dayMs), tx), rules);
}

/** Above every sequence: PostgreSQL's largest bigint. */
const newest = 9_223_372_036_854_775_807n;
