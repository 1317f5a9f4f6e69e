import type { notificationV1 } from '@tandem/contracts';
import { z } from 'zod';
import { email as address, listOf, present } from './common.schema.js';

const email = { order: z.boolean(), shipment: z.boolean(), loyalty: z.boolean(), marketing: z.boolean() };

/** In a request every topic of every channel is named, since it replaces the whole. */
export const NewPreferences = z.strictObject({ email: z.strictObject(email) }).meta({ id: 'NewNotificationPreferences' });
export const Preferences = z
  .object({ email: z.object(email).describe('By topic. Mails about the money of an order are sent whatever `order` says') })
  .meta({ id: 'NotificationPreferences' });

const Notice = z
  .object({ id: z.string(), kind: z.string().describe('order.confirmed, order.shipped, …'), orderId: z.string(), title: z.string(), at: z.string(), readAt: z.string().optional() })
  .meta({ id: 'Notice' });
export { Notice };
export const Notices = listOf(Notice, 'Notices');

export const NewFollower = z.strictObject({ email: address.optional().describe('Without it the account’s') }).optional().meta({ id: 'NewFollower' });
export const ProductFollower = z.object({ productId: z.string(), email: z.string() }).meta({ id: 'ProductFollower' });

export function preferencesFrom({ email: chosen }: notificationV1.Preferences): z.infer<typeof Preferences> {
  if (!chosen) throw new TypeError('notification left out the channel');
  const { order, shipment, loyalty, marketing } = chosen;
  return { email: { order, shipment, loyalty, marketing } };
}

export function noticeFrom({ id, kind, orderId, title, at, readAt }: notificationV1.Notice): z.infer<typeof Notice> {
  return { id, kind, orderId, title, at, ...present({ readAt }) };
}
