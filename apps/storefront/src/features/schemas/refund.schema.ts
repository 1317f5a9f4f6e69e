import type { orderV1 } from '@tandem/contracts';
import { z } from 'zod';
import { line, listOf, Money, moneyFrom, SomeAmount } from './common.schema.js';

/** Lines, an amount, both (these lines for that amount), or neither (all that is left). */
export const NewRefund = z
  .strictObject({
    lines: z
      .array(z.strictObject({ lineId: z.string().min(1).max(100), quantity: z.int().min(1).max(999) }))
      .min(1)
      .max(200)
      .optional(),
    amount: SomeAmount.optional(),
    reason: line(500),
  })
  .meta({ id: 'NewRefund' });

export const Refund = z
  .object({
    id: z.string(),
    orderId: z.string(),
    amount: Money,
    status: z.enum(['succeeded', 'pending']),
    reason: z.string(),
    createdAt: z.string(),
  })
  .meta({ id: 'Refund' });

/** A refund as a list tells it, which is also told of one the bank has refused. */
export const ListedRefund = Refund.extend({ status: z.enum(['succeeded', 'pending', 'refused', 'written-off']) }).meta({
  id: 'ListedRefund',
});
export const ListedRefunds = listOf(ListedRefund, 'ListedRefunds');

export function listedRefundFrom(refund: orderV1.OrderRefund): z.infer<typeof ListedRefund> {
  return { ...refundFrom(refund), status: refund.status as z.infer<typeof ListedRefund>['status'] };
}

export function refundFrom({ id, orderId, amount, status, reason, createdAt }: orderV1.OrderRefund): z.infer<typeof Refund> {
  return { id, orderId, amount: moneyFrom(amount), status: status === 'succeeded' ? 'succeeded' : 'pending', reason, createdAt };
}
