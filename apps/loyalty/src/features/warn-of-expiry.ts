import { PointsExpiringV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import { expiresFrom, expiring } from '../domain/expiry.js';
import type { PointsHolds } from '../domain/holding.js';
import type { ExpiryCandidate, ExpiryWarnings, PointsExpiry } from '../domain/points-ledger.js';
import { firstId } from './expire-points.js';
import type { FindRules } from './read-points.js';

type Parts = {
  readonly database: Database;
  readonly holds: PointsHolds;
  readonly expiry: PointsExpiry;
  readonly warnings: ExpiryWarnings;
  readonly findRules: FindRules;
  readonly outbox: Outbox;
  readonly now: Now;
};

const dayMs = 86_400_000;
const batch = 100;
/** Points that end within so many days are told of, and not again for half as long: so each is told of a month or more before its end. */
const days = { ahead: 60, between: 30 } as const;

/** Tells of points that end soon, a customer at a time under the lock of its account, so that two replicas tell once. */
export class WarnOfExpiry {
  constructor(private readonly parts: Parts) {}

  /** How many customers were told. */
  async run(): Promise<number> {
    const now = this.parts.now();
    const { expiryDays } = await this.parts.findRules(now);
    if (expiryDays === null) return 0;
    const [cutoff, silentSince] = [
      new Date(now.getTime() - (expiryDays - days.ahead) * dayMs),
      new Date(now.getTime() - days.between * dayMs),
    ];
    let told = 0;
    for (let after: ExpiryCandidate | undefined, isMore = true; isMore;) {
      const page: readonly ExpiryCandidate[] = await this.parts.expiry.candidates({ cutoff, silentSince, after, limit: batch });
      for (const { customerId } of page)
        told += await this.parts.database.transaction((tx) => this.warn(tx, customerId, { now, cutoff, silentSince, expiryDays }));
      [after, isMore] = [page.at(-1), page.length === batch];
    }
    return told;
  }

  private async warn(
    tx: Tx,
    customerId: string,
    { now, cutoff, silentSince, expiryDays }: { now: Date; cutoff: Date; silentSince: Date; expiryDays: number },
  ): Promise<0 | 1> {
    const { holds, expiry, warnings, outbox } = this.parts;
    const { spendable } = await holds.facts(tx, { customerId, orderId: firstId });
    const { lots, spent } = await expiry.lotsOf(tx, customerId);
    const ending = expiring(lots, { spent, spendable, cutoff });
    await expiry.settle(tx, customerId, expiresFrom(lots, { spent, ended: [] }));
    if (ending.length === 0 || !(await warnings.take(tx, customerId, { now, silentSince }))) return 0;
    const first = Math.min(
      ...lots.filter(({ orderId }) => ending.some((end) => end.orderId === orderId)).map(({ since }) => since.getTime()),
    );
    const points = ending.reduce((sum, end) => sum + end.points, 0n);
    await outbox.enqueue(tx, PointsExpiringV1, {
      customerId: toPublicId('customer', customerId),
      points: Number(points),
      expiresAt: new Date(first + expiryDays * dayMs).toISOString(),
      at: now.toISOString(),
    });
    return 1;
  }
}
