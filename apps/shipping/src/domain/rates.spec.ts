import { currencies } from '@tandem/kernel';
import { priceFor, shippingOptionsTo, zoneOf } from './rates.js';

const pricesOf = (country: string, grams: number) =>
  shippingOptionsTo(country, 'EUR', 'sandbox').map((option) => [option.id, priceFor(option, grams), option.estimatedDays]);

describe('what is offered', () => {
  it('is the carrier that sells labels', () => {
    expect(shippingOptionsTo('DE', 'EUR', 'easypost').map(({ id, carrier, service }) => [id, carrier, service])).toEqual([
      ['standard', 'easypost', 'standard'],
      ['express', 'easypost', 'express'],
    ]);
  });
});

describe('what shipping costs', () => {
  it('depends on the zone', () => {
    expect(['DE', 'FR', '', 'CH', 'GB', 'US', 'JP', 'BH'].map(zoneOf)).toEqual([
      'near',
      'near',
      'near',
      'europe',
      'europe',
      'world',
      'world',
      'world',
    ]);
    expect([pricesOf('DE', 100), pricesOf('CH', 100), pricesOf('US', 100)]).toEqual([
      [
        ['standard', 490n, 3],
        ['express', 990n, 1],
      ],
      [
        ['standard', 990n, 5],
        ['express', 1_990n, 2],
      ],
      [
        ['standard', 1_490n, 9],
        ['express', 2_990n, 4],
      ],
    ]);
  });

  it('depends on the weight, each band including its end', () => {
    const [standard] = shippingOptionsTo('DE', 'EUR', 'sandbox');
    if (!standard) throw new Error('nothing is offered');
    expect([0, 5_000, 5_001, 20_000, 20_001, 10_000_000].map((grams) => priceFor(standard, grams))).toEqual([
      490n,
      490n,
      890n,
      890n,
      1_990n,
      1_990n,
    ]);
  });

  it('is more than nothing for everyone, and never less for more weight or a faster option', () => {
    for (const currency of currencies) {
      for (const country of ['DE', 'CH', 'US']) {
        const [standard, express] = shippingOptionsTo(country, currency, 'sandbox').map(({ bands }) => bands.map(({ price }) => price));
        expect(standard?.every((price, band) => price > 0n && price > (standard[band - 1] ?? 0n) && price < (express?.[band] ?? 0n))).toBe(
          true,
        );
      }
    }
  });
});
