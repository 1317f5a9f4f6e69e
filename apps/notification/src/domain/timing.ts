import type { NewsKind } from './news.js';

/** Minutes of the day by the clock of a place, `from` included, `to` excluded; over midnight when `from` is later. */
export type QuietHours = { readonly from: number; readonly to: number; readonly timeZone: string };

/** When news may reach somebody. Mails about an order are sent at any time. */
export type Timing = { readonly quietHours: QuietHours | null; readonly isDigest: boolean };

/** What holds until somebody chooses. */
export const usualTiming: Timing = { quietHours: null, isDigest: false };

/** When the mail of the day leaves, by the clock of the quiet hours, else UTC: 18:00. */
const digestAt = 18 * 60;

export type Leaving = { readonly kind: 'now' } | { readonly kind: 'held' | 'gathered'; readonly until: Date };

/** Whether a piece of news leaves now, waits for the end of the quiet hours, or joins the mail of the day (which waits for the quiet hours in its turn). */
export function leaving({ quietHours, isDigest }: Timing, kind: NewsKind, now: Date): Leaving {
  if (isDigest && kind !== 'digest') return { kind: 'gathered', until: nextAt(digestAt, quietHours?.timeZone ?? 'UTC', now) };
  if (!quietHours || !isWithin(quietHours, minuteOfDay(quietHours.timeZone, now))) return { kind: 'now' };
  return { kind: 'held', until: nextAt(quietHours.to, quietHours.timeZone, now) };
}

/**
 * Whether a name is one of the IANA time zone database, as this runtime knows it: also one that another replaced (Asia/Calcutta, Asia/Kolkata), of
 * which `Intl.supportedValuesOf` lists one. An offset (+01:00) is no zone: it does not know when a place changes its clock.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isWithin({ from, to }: QuietHours, minute: number): boolean {
  return from < to ? from <= minute && minute < to : minute >= from || minute < to;
}

const [minuteMs, dayMinutes] = [60_000, 1_440];

/** The next time after `now` that a place's clock shows `minute`; put right once, for a night in which the clock is changed. */
function nextAt(minute: number, timeZone: string, now: Date): Date {
  const wait = (minute - minuteOfDay(timeZone, now) + dayMinutes) % dayMinutes || dayMinutes;
  const guess = Math.floor(now.getTime() / minuteMs + wait) * minuteMs;
  const off = ((minuteOfDay(timeZone, new Date(guess)) - minute + dayMinutes * 1.5) % dayMinutes) - dayMinutes / 2;
  return new Date(guess - off * minuteMs);
}

function minuteOfDay(timeZone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return of('hour') * 60 + of('minute');
}
