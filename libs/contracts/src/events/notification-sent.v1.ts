import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderId } from './fields.js';

/** A message reached the channel it was sent through. */
export const NotificationSentV1 = defineEvent({
  type: 'notification.sent.v1',
  topic: 'notification',
  summary: 'A message reached the channel it was sent through.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    channel: z.enum(['email']),
    kind: z.enum([
      'order.confirmed',
      'order.shipped',
      'order.delivered',
      'order.parcel-lost',
      'order.parcel-returned',
      'order.cancelled',
      'order.refunded',
    ]),
    messageId: z.string(),
    at: instant,
  }),
});
export type NotificationSentV1 = DataOf<typeof NotificationSentV1>;
