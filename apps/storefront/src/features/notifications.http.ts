import { Controller } from '@nestjs/common';
import type { notificationV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { listFrom, PageQuery, pageOf } from './schemas/common.schema.js';
import {
  NewPreferences,
  Notice,
  noticeFrom,
  Notices,
  Preferences,
  preferencesFrom,
  preferencesRequest,
} from './schemas/notification.schema.js';

const getPreferences = endpoint({
  operationId: 'getNotificationPreferences',
  method: 'GET',
  path: '/v1/me/notification-preferences',
  tag: 'Notifications',
  policy: 'user',
  summary: 'Which mails and text messages one wants',
  answers: { 200: Preferences },
});
const replacePreferences = endpoint({
  operationId: 'replaceNotificationPreferences',
  method: 'PUT',
  path: '/v1/me/notification-preferences',
  tag: 'Notifications',
  policy: 'user',
  summary: 'Choose which mails and text messages one wants; replaces the whole, but for text messages that are left out',
  body: NewPreferences,
  answers: { 200: Preferences },
});
const listNotices = endpoint({
  operationId: 'listNotifications',
  method: 'GET',
  path: '/v1/me/notifications',
  tag: 'Notifications',
  policy: 'user',
  summary: 'What one was told, newest first',
  query: PageQuery,
  answers: { 200: Notices },
  refuses: ['bad-cursor'],
});
const readNotice = endpoint({
  operationId: 'readNotification',
  method: 'POST',
  path: '/v1/me/notifications/:noticeId/read',
  tag: 'Notifications',
  policy: 'user',
  idempotencyKey: 'honoured',
  summary: 'Mark one as read',
  answers: { 200: Notice },
});

/** The notification service. */
export class Notifications {
  constructor(readonly peer: Peer<typeof notificationV1.NotificationServiceService>) {}
}

/** What shoppers are told, and want to be told. */
@Controller()
export class NotificationsHttp {
  constructor(private readonly notifications: Notifications) {}

  @Serves(getPreferences)
  async preferences({ as }: CallOf<typeof getPreferences>): Promise<Answer> {
    return ok(preferencesFrom(await this.notifications.peer.getPreferences({}, as)));
  }

  @Serves(replacePreferences)
  async replace({ body, as }: CallOf<typeof replacePreferences>): Promise<Answer> {
    return ok(preferencesFrom(await this.notifications.peer.replacePreferences(preferencesRequest(body), as)));
  }

  @Serves(listNotices)
  async list({ query, as }: CallOf<typeof listNotices>): Promise<Answer> {
    const page = await this.notifications.peer.listNotices(pageOf(query), as);
    return ok(listFrom(page.notices.map(noticeFrom), page.nextCursor));
  }

  @Serves(readNotice)
  async read({ params, as }: CallOf<typeof readNotice>): Promise<Answer> {
    return ok(noticeFrom(await this.notifications.peer.readNotice(params, as)));
  }
}
