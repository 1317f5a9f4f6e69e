import { Controller } from '@nestjs/common';
import { notificationV1 } from '@tandem/contracts';
import {
  badCursor,
  type Caller,
  hashOf,
  invalidField,
  noSuch,
  notFound,
  ownerOf,
  once,
  parsePublicId,
  type Refusal,
  Rpc,
  scopeOf,
  toPublicId,
} from '@tandem/host';
import type { Database } from '@tandem/kernel';
import type { ChannelWishes, Inbox, Notice, PreferenceStore, Wishes } from '../domain/inbox.js';
import { isNumber } from '../domain/sms.js';
import { isTimeZone, type QuietHours } from '../domain/timing.js';

/** What a shopper's inbox and choices stand on. */
export class InboxParts {
  constructor(
    readonly inbox: Inbox,
    readonly preferences: PreferenceStore,
    readonly database: Database,
    /** Channels this shop has, beside mail. */
    readonly offers: { readonly sms: boolean },
  ) {}
}

/** What a shopper was told, and wants to be told. Everybody has an inbox of their own; another's notice is not there. */
@Controller()
export class InboxGrpc {
  constructor(private readonly parts: InboxParts) {}

  @Rpc('NotificationService', 'getPreferences', ['user'])
  async preferences(_: notificationV1.GetPreferencesRequest, caller: Caller): Promise<notificationV1.Preferences> {
    return preferencesReply(await this.parts.preferences.of(ownerOf(caller)));
  }

  @Rpc('NotificationService', 'replacePreferences', ['user'])
  async replace({ email, quietHours, digest, sms }: notificationV1.Preferences, caller: Caller): Promise<notificationV1.Preferences> {
    if (!email) throw invalidField('/email', 'required', 'is required');
    const { order, shipment, loyalty, marketing } = email;
    const timing = { quietHours: quietHours ? quietHoursFrom(quietHours) : null, isDigest: digest };
    const wishes = { preferences: { order, shipment, loyalty, marketing }, timing, sms: sms && this.smsFrom(sms) };
    await this.parts.preferences.replace(ownerOf(caller), wishes);
    return preferencesReply(await this.parts.preferences.of(ownerOf(caller)));
  }

  @Rpc('NotificationService', 'unsubscribe', ['public'])
  async unsubscribe({ token }: notificationV1.UnsubscribeRequest): Promise<notificationV1.Unsubscribed> {
    if (!isToken(token) || !(await this.parts.preferences.unsubscribe(token))) throw noSuchMail();
    return {};
  }

  @Rpc('NotificationService', 'findUnsubscribe', ['public'])
  async findUnsubscribe({ token }: notificationV1.UnsubscribeRequest): Promise<notificationV1.Unsubscribable> {
    if (!isToken(token) || !(await this.parts.preferences.isOfMail(token))) throw noSuchMail();
    return {};
  }

  @Rpc('NotificationService', 'listNotices', ['user'])
  async list({ limit, cursor }: notificationV1.ListNoticesRequest, caller: Caller): Promise<notificationV1.NoticePage> {
    const { notices, next } = await this.parts.inbox.ofOwner(ownerOf(caller), sequenceFrom(cursor), limit || 20);
    return { notices: notices.map(noticeReply), nextCursor: next === null ? '' : Buffer.from(String(next)).toString('base64url') };
  }

  @Rpc('NotificationService', 'readNotice', ['user'])
  async read(request: notificationV1.ReadNoticeRequest, caller: Caller): Promise<notificationV1.Notice> {
    const id = parsePublicId('notice', request.noticeId);
    if (id === undefined) throw noSuch('notice', request.noticeId);
    const scope = scopeOf(caller, hashOf('notification.ReadNotice', notificationV1.ReadNoticeRequest.encode(request).finish()));
    return once(this.parts.database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => {
        const notice = await this.parts.inbox.read(tx, ownerOf(caller), id);
        if (!notice) throw noSuch('notice', request.noticeId);
        return noticeReply(notice);
      },
    });
  }

  private smsFrom({ to, topics }: notificationV1.SmsPreferences): ChannelWishes {
    if (!isNumber(to)) throw invalidField('/sms/to', 'malformed', 'wants a number of E.164, e.g. +4915112345678');
    if (!topics) throw invalidField('/sms', 'required', 'wants every topic');
    const { order, shipment, loyalty, marketing } = topics;
    const wantsSome = order || shipment || loyalty || marketing;
    if (wantsSome && !this.parts.offers.sms) throw invalidField('/sms', 'not-offered', 'this shop sends no text messages');
    return { to, topics: { order, shipment, loyalty, marketing } };
  }
}

/** A UUID without its hyphens. */
function isToken(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

function preferencesReply({
  preferences: { order, shipment, loyalty, marketing },
  timing: { quietHours, isDigest },
  sms,
}: Wishes): notificationV1.Preferences {
  const quiet = quietHours && { from: clockOf(quietHours.from), to: clockOf(quietHours.to), timeZone: quietHours.timeZone };
  return {
    email: { order, shipment, loyalty, marketing },
    digest: isDigest,
    ...(quiet ? { quietHours: quiet } : {}),
    ...(sms ? { sms } : {}),
  };
}

function quietHoursFrom({ from, to, timeZone }: notificationV1.QuietHours): QuietHours {
  if (!isTimeZone(timeZone))
    throw invalidField('/quietHours/timeZone', 'unknown', 'wants a name of the IANA time zone database, e.g. Europe/Berlin');
  const hours = { from: minuteFrom(from, '/quietHours/from'), to: minuteFrom(to, '/quietHours/to'), timeZone };
  if (hours.from === hours.to) throw invalidField('/quietHours/to', 'empty', 'is the same as from');
  return hours;
}

function minuteFrom(clock: string, pointer: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock) ?? [];
  if (hours === undefined || minutes === undefined) throw invalidField(pointer, 'malformed', 'wants HH:MM, 00:00 to 23:59');
  return Number(hours) * 60 + Number(minutes);
}

function clockOf(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function noticeReply({ id, kind, orderId, title, at, readAt }: Notice): notificationV1.Notice {
  const readMark = readAt === null ? {} : { readAt: readAt.toISOString() };
  return {
    id: toPublicId('notice', id),
    kind,
    orderId: orderId === null ? '' : toPublicId('order', orderId),
    title,
    at: at.toISOString(),
    ...readMark,
  };
}

function sequenceFrom(cursor: string): bigint | null {
  if (cursor === '') return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[1-9]\d{0,17}$/.test(text)) throw badCursor();
  return BigInt(text);
}

function noSuchMail(): Refusal {
  return notFound('no mail of this shop has this address to unsubscribe at; take it whole, as it stands in the mail');
}
