import { isTimeZone, leaving, type Timing } from './timing.js';

const night = { from: 22 * 60, to: 7 * 60, timeZone: 'Europe/Berlin' };
const at = (instant: string) => new Date(instant);
const quiet: Timing = { quietHours: night, isDigest: false };

describe('when news leaves', () => {
  it('is at once without a wish, and outside the quiet hours', () => {
    expect(leaving({ quietHours: null, isDigest: false }, 'product.back', at('2026-01-02T23:00:00Z'))).toEqual({ kind: 'now' });
    expect(['20:59:59', '06:00:00', '12:00:00'].map((time) => leaving(quiet, 'product.back', at(`2026-01-02T${time}Z`)))).toEqual(
      Array(3).fill({ kind: 'now' }),
    );
  });

  it('is the end of the quiet hours within them, by the clock of the place and over midnight', () => {
    const until = at('2026-01-03T06:00:00Z');
    expect(
      ['2026-01-02T21:00:00Z', '2026-01-02T23:30:17Z', '2026-01-03T05:59:59.999Z'].map((now) =>
        leaving(quiet, 'points.available', at(now)),
      ),
    ).toEqual(Array(3).fill({ kind: 'held', until }));
    const siesta: Timing = { quietHours: { from: 13 * 60, to: 15 * 60 + 30, timeZone: 'Asia/Kolkata' }, isDigest: false };
    expect(leaving(siesta, 'product.back', at('2026-01-02T08:00:00Z'))).toEqual({ kind: 'held', until: at('2026-01-02T10:00:00Z') });
  });

  it('is right in the nights in which the clock is changed', () => {
    expect(leaving(quiet, 'product.back', at('2026-03-28T22:00:00Z'))).toEqual({ kind: 'held', until: at('2026-03-29T05:00:00Z') });
    expect(leaving(quiet, 'product.back', at('2026-10-24T21:00:00Z'))).toEqual({ kind: 'held', until: at('2026-10-25T06:00:00Z') });
  });

  it('is once a day at 18:00 for a digest, which waits for the quiet hours like any other mail', () => {
    const daily: Timing = { quietHours: null, isDigest: true };
    expect(leaving(daily, 'product.cheaper', at('2026-01-02T17:59:00Z'))).toEqual({ kind: 'gathered', until: at('2026-01-02T18:00:00Z') });
    expect(leaving(daily, 'product.cheaper', at('2026-01-02T18:00:00Z'))).toEqual({ kind: 'gathered', until: at('2026-01-03T18:00:00Z') });
    expect(leaving(daily, 'digest', at('2026-01-02T18:00:30Z'))).toEqual({ kind: 'now' });
    expect(leaving({ quietHours: night, isDigest: true }, 'product.back', at('2026-01-02T12:00:00Z'))).toEqual({
      kind: 'gathered',
      until: at('2026-01-02T17:00:00Z'),
    });
    expect(leaving({ quietHours: night, isDigest: true }, 'digest', at('2026-01-02T21:00:00Z'))).toEqual({
      kind: 'held',
      until: at('2026-01-03T06:00:00Z'),
    });
  });

  it('knows the time zones there are', () => {
    const known = ['Europe/Berlin', 'UTC', 'America/New_York', 'Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'Europe/Kiev', 'Etc/GMT+1'];
    expect(known.filter((name) => !isTimeZone(name))).toEqual([]);
    expect(['Mars/Olympus', '', '+01:00', '-05:00', ' UTC', 'CET+1'].filter(isTimeZone)).toEqual([]);
  });
});
