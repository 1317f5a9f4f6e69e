import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { currencies, type Money, money } from '@tandem/kernel';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Page, PageRequest } from '../domain/ports.js';
import { SandboxProblem } from './problem.js';

/** Text that PostgreSQL can hold (no U+0000), 1 to `max` characters. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'must not contain U+0000');

/** `{ "amount": 1999, "currency": "EUR" }`, minor units, more than nothing. */
export const amount = z
  .strictObject({ amount: z.int().positive(), currency: z.enum(currencies as [Money['currency'], ...Money['currency'][]]) })
  .transform((wire): Money => money(BigInt(wire.amount), wire.currency));

export function toWire({ minor, currency }: Money): { amount: number; currency: string } {
  return { amount: Number(minor), currency };
}

/** The query parameters of every list. `cursor` is a position in the journal, in base64url. */
const paging = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be 1 to 100')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 100, 'must be 1 to 100')
    .default(20),
  cursor: z.string().transform(positionOf).optional(),
};

/** A list's query: its filters and the paging. Anything else is refused. */
export function listQuery<Shape extends z.ZodRawShape>(filters: Shape) {
  return z.strictObject({ ...filters, ...paging });
}

export function pageOf({ limit, cursor }: { limit: number; cursor?: bigint | undefined }): PageRequest {
  return { limit, after: cursor ?? 0n };
}

export function toList<Entry, Shown>(
  { entries, next }: Page<Entry>,
  show: (entry: Entry) => Shown,
): { data: Shown[]; nextCursor: string | null } {
  return { data: entries.map(show), nextCursor: next === null ? null : Buffer.from(next.toString()).toString('base64url') };
}

function positionOf(cursor: string, context: z.RefinementCtx): bigint {
  const digits = Buffer.from(cursor, 'base64url').toString('utf8');
  if (/^\d{1,18}$/.test(digits)) return BigInt(digits);
  context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
  return z.NEVER;
}

/** The header `Idempotency-Key`, 1 to 255 printable characters; refuses the request without one. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw new SandboxProblem('idempotency-key-missing', 'send an Idempotency-Key of 1 to 255 characters');
});
