import { Refusal } from '@tandem/host';
import { LookupLimits } from './lookup-limits.js';

const number = 'A1B2C3D0';
const right = 'ada@tandem.example';
/** The `n`-th address of a stranger who has many. */
const from = (n: number): string => `203.0.${Math.floor(n / 250)}.${n % 250}`;

/** A shop with one order, and what asking for it is answered with. */
function aShop() {
  const limits = new LookupLimits();
  const asked: string[] = [];
  const ask = (ip: string, { email = 'eve@tandem.example', typed = number } = {}): Promise<string> =>
    limits
      .run({ ip, number: typed }, async (normalized) => {
        asked.push(normalized);
        await Promise.resolve();
        if (email === 'away') throw new Refusal('unavailable');
        if (normalized !== number || email !== right) throw new Refusal('not-found');
        return 'order';
      })
      .catch((error: unknown) => (error as Refusal).problem.code);
  const guess = (count: number, first = 0) => Promise.all(Array.from({ length: count }, (_, n) => ask(from(first + n))));
  return { asked, ask, guess };
}

const counted = (codes: readonly string[]) => [
  codes.filter((code) => code === 'not-found').length,
  codes.filter((code) => code === 'rate-limited').length,
];

describe('an order that is looked up by its number', () => {
  it('is asked for ten times a minute from one site, however the number is typed', async () => {
    const { ask, asked } = aShop();
    const typings = ['A1B2C3D0', ' a1b2c3d0', 'AiB2C3Do ', 'aLb2c3dO', 'A1B2C3D0 '];
    const codes = await Promise.all(Array.from({ length: 12 }, (_, n) => ask('198.51.100.7', { typed: typings[n % 5] ?? '' })));
    expect([counted(codes), new Set(asked)]).toEqual([[10, 2], new Set([number])]);
    expect(await ask('198.51.100.7', { typed: 'OTHER' })).toBe('not-found');
    expect(await ask('198.51.100.8', { email: right })).toBe('order');
  });

  it.each([
    ['2001:db8:1:1::1', '2001:DB8:1:2::2', '2001:db8:2::1'],
    ['2001:db8::1', '2001:db8:0:ffff::', '2001:db9::1'],
    ['::ffff:198.51.100.7', '198.51.100.7', '198.51.100.8'],
  ])('is asked for by one site from %s and %s, and by another from %s', async (one, same, other) => {
    const { ask } = aShop();
    for (let n = 0; n < 10; n += 1) await ask(n % 2 === 0 ? one : same);
    expect([await ask(one), await ask(same), await ask(other)]).toEqual(['rate-limited', 'rate-limited', 'not-found']);
  });

  it('is guessed at thirty times, also at once, and then once from each fresh site', async () => {
    const { guess } = aShop();
    expect(counted(await guess(30))).toEqual([30, 0]);
    expect(counted(await guess(30))).toEqual([30, 0]); // the one guess of each site
    expect(counted(await guess(30))).toEqual([0, 30]);
    expect(counted([...(await guess(5, 30)), ...(await guess(5, 30))])).toEqual([5, 5]);
  });

  it('is found by who knows the e-mail, while strangers guess as fast as they can, until a wrong one comes from the same site', async () => {
    const { ask, guess } = aShop();
    for (let round = 0; round < 4; round += 1) await guess(60);
    for (let n = 0; n < 5; n += 1) expect(await ask('198.51.100.7', { email: right })).toBe('order');
    expect([await ask('198.51.100.7'), await ask('198.51.100.7', { email: right })]).toEqual(['not-found', 'rate-limited']);
  });

  it('is decided one try after the other from one site while it is guarded, however many are sent at once', async () => {
    const { ask, guess } = aShop();
    await guess(30);
    const atOnce = (ip: string, ...emails: readonly string[]) => Promise.all(emails.map((email) => ask(ip, { email })));
    expect(await atOnce('198.51.100.7', right, right, right)).toEqual(['order', 'order', 'order']);
    expect(await atOnce('198.51.100.8', 'away', right, 'wrong')).toEqual(['unavailable', 'order', 'not-found']);
    expect(await atOnce('198.51.100.9', 'wrong', right, 'wrong')).toEqual(['not-found', 'rate-limited', 'rate-limited']);
    expect(await atOnce('198.51.100.10', 'wrong', right)).toEqual(['not-found', 'rate-limited']);
    expect(await ask('198.51.100.11', { email: right })).toBe('order');
  });

  it('is not guarded because its owner looks often, or because nobody can say', async () => {
    const { ask, guess } = aShop();
    for (let n = 0; n < 20; n += 1) {
      expect(await ask(from(n), { email: right })).toBe('order');
      expect(await ask(from(n), { email: 'away' })).toBe('unavailable');
    }
    expect(counted(await guess(30, 100))).toEqual([30, 0]);
    expect(counted([await ask(from(100)), await ask(from(100))])).toEqual([1, 1]);
  });
});
