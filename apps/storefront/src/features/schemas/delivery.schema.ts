import type { notificationV1 } from '@tandem/contracts';
import { parsePublicId } from '@tandem/host';
import { z } from 'zod';
import { email, line } from './common.schema.js';

export const DeliveryQuery = z.strictObject({
  orderId: z
    .string()
    .max(100)
    .refine((text) => parsePublicId('order', text) !== undefined, 'wants the id of an order (ord_…), not its number'),
});
export const DeliveryAgain = z
  .strictObject({ reason: line(500), to: email.optional().describe('Where its address is wrong; without it the same') })
  .meta({ id: 'DeliveryAgain' });

const statuses = ['queued', 'sending', 'sent', 'bounced', 'failed', 'withheld', 'rejected'] as const;
const Resending = z.object({ at: z.string(), actor: z.string(), to: z.string(), reason: z.string() }).meta({ id: 'Resending' });
export const Delivery = z
  .object({
    id: z.string(),
    orderId: z.string(),
    kind: z.string().describe('order.confirmed, order.shipped, …'),
    messageId: z.string(),
    to: z.string(),
    status: z.enum(statuses).describe('bounced: refused for good (once: rejected); failed: put off for too long; withheld: not wanted'),
    because: z.string().describe('What was said of it last, by the mail server or by us'),
    template: z.string().describe('Version of the text it was written by'),
    at: z.string(),
    resendings: z.array(Resending).describe('Who had it sent again, oldest first'),
  })
  .meta({ id: 'Delivery' });
export const Deliveries = z.object({ data: z.array(Delivery) }).meta({ id: 'Deliveries' });

export function deliveryFrom({ because = '', template = '', status, ...delivery }: notificationV1.Delivery): z.infer<typeof Delivery> {
  return { ...delivery, status: status as (typeof statuses)[number], because, template };
}
