import { badCursor, invalidField, parsePublicId } from '@tandem/host';
import type { RefundId } from '@tandem/kernel';
import type { RefundPlace } from '../domain/refund-store.js';

/** A page's size: 1 to 100, by default 20. */
export function limitFrom(limit: number): number {
  if (limit === 0) return 20;
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw invalidField('/query/limit', 'out-of-range', '1 to 100');
  return limit;
}

/** The cursor after the row with this sort key. Opaque to clients. */
export function cursorOf(sortKey: bigint | number): string {
  return Buffer.from(JSON.stringify([sortKey.toString()])).toString('base64url');
}

/** The sort key behind a cursor; `null` for the first page. Throws `bad-cursor` for one that is not ours. */
export function sortKeyFrom(cursor: string): bigint | null {
  if (cursor === '') return null;
  const [, digits] = /^\["(\d{1,18})"\]$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (digits === undefined) throw badCursor();
  return BigInt(digits);
}

/** The cursor after this refund. */
export function cursorAfter({ createdAt, id }: RefundPlace): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString('base64url');
}

/** The refund behind a cursor; `null` for the first page. Throws `bad-cursor` for one that is not ours. */
export function placeFrom(cursor: string): RefundPlace | null {
  if (cursor === '') return null;
  const [, millis, id = ''] = /^\[(\d{1,14}),"(\w{1,64})"\]$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (parsePublicId('refund', id) === undefined) throw badCursor();
  return { createdAt: new Date(Number(millis)), id: id as RefundId };
}
