import type { notificationV1 } from '@tandem/contracts';
import { z } from 'zod';
import { email as address, formed, listOf, present } from './common.schema.js';

const email = { order: z.boolean(), shipment: z.boolean(), loyalty: z.boolean(), marketing: z.boolean() };

/** A number of E.164. Source: ITU-T E.164, 6.1. */
const number = formed(/^\+[1-9]\d{6,14}$/, 'wants a number of E.164, e.g. +4915112345678').describe(
  'A number of E.164, e.g. +4915112345678',
);
const texted = 'Text messages, by topic; none until they are chosen. `order` and `shipment` have some';

const clock = formed(/^([01]\d|2[0-3]):[0-5]\d$/, 'wants HH:MM, 00:00 to 23:59');
const quietHours = {
  from: clock,
  to: clock.describe('Excluded; of the next day when it is not after `from`'),
  timeZone: z.string().min(1).max(64).describe('Of the IANA time zone database, e.g. Europe/Berlin'),
};
const held = 'News (products that are followed, points) waits for the end of these hours; mails about an order do not';
const daily = 'News comes as one mail a day, at 18:00 of the quiet hours’ time zone, else UTC';

/** In a request every topic of every channel is named, since it replaces the whole; what is left out of the rest is none, but for `sms`, which today's clients do not know. */
export const NewPreferences = z
  .strictObject({
    email: z.strictObject(email),
    quietHours: z.strictObject(quietHours).optional().describe(held),
    digest: z.boolean().default(false).describe(daily),
    sms: z
      .strictObject({ to: number, ...email })
      .optional()
      .describe(`${texted}. Left out: as it was chosen`),
  })
  .meta({ id: 'NewNotificationPreferences' });
export const Preferences = z
  .object({
    email: z.object(email).describe('By topic. Mails about the money of an order are sent whatever `order` says'),
    quietHours: z
      .object({ ...quietHours, from: z.string(), to: z.string() })
      .optional()
      .describe(held),
    digest: z.boolean().describe(daily),
    sms: z
      .object({ to: z.string(), ...email })
      .optional()
      .describe(texted),
  })
  .meta({ id: 'NotificationPreferences' });

const Notice = z
  .object({
    id: z.string(),
    kind: z.string().describe('order.confirmed, order.shipped, …, points.available, points.tier, points.expiring'),
    orderId: z.string().optional().describe('Not of news about points'),
    title: z.string(),
    at: z.string(),
    readAt: z.string().optional(),
  })
  .meta({ id: 'Notice' });
export { Notice };
export const Notices = listOf(Notice, 'Notices');

export const NewFollower = z
  .strictObject({ email: address.optional().describe('Without it the account’s') })
  .optional()
  .meta({ id: 'NewFollower' });
export const ProductFollower = z.object({ productId: z.string(), email: z.string() }).meta({ id: 'ProductFollower' });

export function preferencesFrom({
  email: chosen,
  quietHours: quiet,
  digest,
  sms,
}: notificationV1.Preferences): z.infer<typeof Preferences> {
  if (!chosen) throw new TypeError('notification left out the channel');
  return {
    email: topicsFrom(chosen),
    ...(quiet ? { quietHours: { from: quiet.from, to: quiet.to, timeZone: quiet.timeZone } } : {}),
    digest,
    ...(sms?.topics ? { sms: { to: sms.to, ...topicsFrom(sms.topics) } } : {}),
  };
}

function topicsFrom({ order, shipment, loyalty, marketing }: notificationV1.ChannelPreferences): notificationV1.ChannelPreferences {
  return { order, shipment, loyalty, marketing };
}

export function preferencesRequest({ quietHours: quiet, sms, ...wanted }: z.infer<typeof NewPreferences>): notificationV1.Preferences {
  return { ...wanted, ...(quiet ? { quietHours: quiet } : {}), ...(sms ? { sms: { to: sms.to, topics: topicsFrom(sms) } } : {}) };
}

export function noticeFrom({ id, kind, orderId, title, at, readAt }: notificationV1.Notice): z.infer<typeof Notice> {
  return { id, kind, title, at, ...present({ orderId: orderId || undefined, readAt }) };
}
