import { Controller } from '@nestjs/common';
import type { loyaltyV1 } from '@tandem/contracts';
import { badCursor, type Caller, invalidField, principalOf, Rpc, toPublicId, uuidOf } from '@tandem/host';
import { ReadPoints } from './read-points.js';

@Controller()
export class ReadPointsGrpc {
  constructor(private readonly readPoints: ReadPoints) {}

  @Rpc('LoyaltyService', 'getBalance', ['user'])
  async balance(_request: loyaltyV1.GetBalanceRequest, caller: Caller): Promise<loyaltyV1.Balance> {
    const { balance, pending, tier, next } = await this.readPoints.account(customerOf(caller));
    return {
      balance: balance.toString(),
      pending: pending.toString(),
      tier,
      ...(next ? { nextTier: { tier: next.tier, pointsMissing: next.pointsMissing.toString() } } : {}),
    };
  }

  @Rpc('LoyaltyService', 'listTransactions', ['user'])
  async transactions({ limit, cursor }: loyaltyV1.ListTransactionsRequest, caller: Caller): Promise<loyaltyV1.TransactionPage> {
    if (limit < 1 || limit > 100) throw invalidField('/query/limit', 'out-of-range', '1 to 100');
    const { lines, next } = await this.readPoints.lines(customerOf(caller), { before: positionOf(cursor), limit });
    const transactions = lines.map((line) => ({
      id: toPublicId('ledgerEntry', line.id),
      kind: line.kind,
      points: line.points.toString(),
      orderId: toPublicId('order', line.orderId),
      at: line.at.toISOString(),
    }));
    return { transactions, nextCursor: next === null ? '' : Buffer.from(next.toString()).toString('base64url') };
  }
}

function customerOf(caller: Caller): string {
  return uuidOf('customer', principalOf(caller).id);
}

function positionOf(cursor: string): bigint | null {
  if (cursor === '') return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d{1,18}$/.test(text)) throw badCursor();
  return BigInt(text);
}
