import type { Currency } from '@tandem/kernel';
import fc from 'fast-check';
import { type EarningFacts, pointsFor, type Rules, rulesAt, standingOf } from './rules.js';
import { firstRules } from './testing/rules.js';

const at = new Date('2026-05-05T12:00:00Z');
const facts = (goods: readonly [string, bigint][], change: Partial<EarningFacts> = {}): EarningFacts => ({
  currency: 'EUR',
  goods: goods.map(([category, minor]) => ({ category, minor })),
  confirmedAt: at,
  tier: 'bronze',
  ...change,
});
const rules = (change: Partial<Rules> = {}): Rules => ({ ...firstRules, ...change });
const days = (count: number) => new Date(at.getTime() + count * 86_400_000);

describe('points', () => {
  it('are one per whole unit of the goods, rounded down once; in yen one per hundred', () => {
    const of = (currency: Currency, minor: bigint) => pointsFor(facts([['home', minor]], { currency }), firstRules);
    expect([of('EUR', 5_199n), of('USD', 99n), of('JPY', 5_199n), of('BHD', 5_199n), of('EUR', 0n)]).toEqual([51n, 0n, 51n, 5n, 0n]);
    expect(
      pointsFor(
        facts([
          ['home', 150n],
          ['food', 150n],
        ]),
        firstRules,
      ),
    ).toBe(3n);
  });

  it('depend on the category, and on the tier the customer had', () => {
    const richer = rules({ categoryPercent: new Map([['food', 300]]), tierPercent: new Map([['gold', 150]]) });
    expect(
      pointsFor(
        facts([
          ['home', 1_000n],
          ['food', 1_000n],
        ]),
        richer,
      ),
    ).toBe(40n);
    expect(
      pointsFor(
        facts(
          [
            ['home', 1_000n],
            ['food', 1_000n],
          ],
          { tier: 'gold' },
        ),
        richer,
      ),
    ).toBe(60n);
  });

  it('are more while a campaign runs, by the best one, for what it is about', () => {
    const campaigns = [
      { name: 'all week', from: at, to: days(7), percent: 150, categories: [] },
      { name: 'food day', from: at, to: days(1), percent: 300, categories: ['food'] },
    ];
    const goods: [string, bigint][] = [
      ['home', 1_000n],
      ['food', 1_000n],
    ];
    const on = (confirmedAt: Date) => pointsFor(facts(goods, { confirmedAt }), rules({ campaigns }));
    expect([on(days(-1)), on(at), on(days(1)), on(days(7))]).toEqual([20n, 45n, 30n, 20n]);
  });

  it('are capped per order', () => {
    expect(pointsFor(facts([['home', 100_000n]]), rules({ capPerOrder: 500n }))).toBe(500n);
  });

  it('do not care for the order of the goods, and never fall when more is bought', () => {
    const goods = fc.array(fc.tuple(fc.constantFrom('home', 'food', 'toys'), fc.bigInt({ min: 0n, max: 10n ** 9n })), {
      minLength: 1,
      maxLength: 20,
    });
    const some = rules({ categoryPercent: new Map([['food', 125]]), tierPercent: new Map([['bronze', 90]]) });
    fc.assert(
      fc.property(goods, (bought) => {
        const points = pointsFor(facts(bought), some);
        expect(pointsFor(facts([...bought].reverse()), some)).toBe(points);
        expect(pointsFor(facts(bought.slice(1)), some) <= points).toBe(true);
      }),
    );
  });
});

describe('rules', () => {
  it('are those that were valid when the order was confirmed, whatever came later', () => {
    const second = rules({ version: 2, validFrom: at });
    expect([
      rulesAt([firstRules, second], days(-1)).version,
      rulesAt([second, firstRules], at).version,
      rulesAt([firstRules, second], days(9)).version,
    ]).toEqual([1, 2, 2]);
  });

  it('make a standing', () => {
    expect(standingOf(499n, firstRules)).toEqual({ tier: 'bronze', next: { tier: 'silver', pointsMissing: 1n } });
    expect(standingOf(2_000n, firstRules)).toEqual({ tier: 'gold', next: null });
    expect(standingOf(-5n, firstRules)).toEqual({ tier: 'bronze', next: { tier: 'silver', pointsMissing: 505n } });
  });
});
