import { type Attempt, judge, triedForMs } from './delivery.js';
import { parseUrl } from './endpoint.js';

const refused: Attempt = { kind: 'not-taken', status: 500, because: 'answered 500' };
const tried = { attempts: 1, leftMs: triedForMs, failingForMs: 0, chance: 0.5 };

describe('what follows from an attempt', () => {
  it('is taken, or tried again after longer and longer pauses that are spread by a tenth', () => {
    expect(judge({ kind: 'taken', status: 204 }, tried)).toEqual({ kind: 'delivered' });
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((attempts) => judge(refused, { ...tried, attempts }));
    const inSeconds = [5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200];
    expect(pauses).toEqual(inSeconds.map((pause) => ({ kind: 'again', afterMs: pause * 1_000 })));
    expect([0, 1].map((chance) => judge(refused, { ...tried, chance }))).toEqual([
      { kind: 'again', afterMs: 4_500 },
      { kind: 'again', afterMs: 5_500 },
    ]);
  });

  it('waits as long as the receiver asks, an hour at most', () => {
    const asked = (retryAfterMs: number) => judge({ ...refused, retryAfterMs }, tried);
    expect([asked(60_000), asked(1), asked(86_400_000)]).toEqual([
      { kind: 'again', afterMs: 60_000 },
      { kind: 'again', afterMs: 5_000 },
      { kind: 'again', afterMs: 3_600_000 },
    ]);
  });

  it('is given up after three days, with one last attempt at their end', () => {
    expect(judge(refused, { ...tried, attempts: 9, leftMs: 20_000 })).toEqual({ kind: 'again', afterMs: 20_000 });
    expect(judge(refused, { ...tried, attempts: 10, leftMs: 0 })).toEqual({ kind: 'given-up' });
  });

  it('disables who is gone, and who has taken nothing for three days', () => {
    expect(judge({ ...refused, status: 410 }, tried)).toEqual({ kind: 'disable', because: 'gone' });
    expect(judge(refused, { ...tried, failingForMs: triedForMs })).toEqual({ kind: 'disable', because: 'failing' });
  });
});

describe('an address', () => {
  it('is http or https without credentials and fragment', () => {
    const faultOf = (text: string) => {
      const parsed = parseUrl(text);
      return parsed.kind === 'fault' ? parsed.because : 'none';
    };
    const texts = [
      'https://shop.example/hooks?x=1',
      'http://shop.example:8080',
      'shop.example',
      'ftp://shop.example',
      'file:///etc/passwd',
      'https://a:b@shop.example',
      'https://shop.example/#x',
      `https://shop.example/${'x'.repeat(2_000)}`,
    ];
    expect(texts.map(faultOf)).toEqual([
      'none',
      'none',
      'not-a-url',
      'not-http',
      'not-http',
      'has-credentials',
      'has-fragment',
      'too-long',
    ]);
  });
});
