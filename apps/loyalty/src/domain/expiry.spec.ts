import fc from 'fast-check';
import { expiresFrom, expiring, type Lot } from './expiry.js';

const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000);
const lot = (orderId: string, points: bigint, since: number): Lot => ({ orderId, points, since: day(since) });

describe('old points', () => {
  it('end lot by lot, the young ones stay', () => {
    expect(expiring([lot('b', 30n, 5), lot('a', 20n, 1), lot('c', 50n, 10)], { spent: 0n, spendable: 100n, cutoff: day(10) })).toEqual([
      { orderId: 'a', points: 20n },
      { orderId: 'b', points: 30n },
    ]);
  });

  it('that were spent do not end: the oldest are spent first', () => {
    expect(expiring([lot('a', 20n, 1), lot('b', 30n, 5), lot('c', 50n, 10)], { spent: 25n, spendable: 75n, cutoff: day(10) })).toEqual([
      { orderId: 'b', points: 25n },
    ]);
    expect(expiring([lot('a', 20n, 1)], { spent: 25n, spendable: -5n, cutoff: day(10) })).toEqual([]);
  });

  it('that an order holds do not end either', () => {
    expect(expiring([lot('a', 20n, 1), lot('b', 30n, 5)], { spent: 0n, spendable: 25n, cutoff: day(10) })).toEqual([
      { orderId: 'a', points: 20n },
      { orderId: 'b', points: 5n },
    ]);
  });

  it('need no look before the oldest ones that are left, after what was spent and what has ended', () => {
    const lots = [lot('c', 50n, 10), lot('a', 20n, 1), lot('b', 30n, 5)];
    const from = (spent: bigint, ...ended: [orderId: string, points: bigint][]) =>
      expiresFrom(lots, { spent, ended: ended.map(([orderId, points]) => ({ orderId, points })) });
    expect([from(0n), from(19n), from(20n), from(0n, ['a', 20n]), from(0n, ['a', 19n]), from(10n, ['a', 10n], ['b', 30n])]).toEqual(
      [1, 1, 5, 5, 1, 10].map(day),
    );
    expect([from(100n), from(50n, ['c', 50n]), expiresFrom([], { spent: 0n, ended: [] })]).toEqual([null, null, null]);
  });

  it('never take more than a lot holds, nor the balance below zero', () => {
    const lots = fc.uniqueArray(
      fc.record({ orderId: fc.uuid(), points: fc.bigInt({ min: 1n, max: 1_000n }), since: fc.integer({ min: 0, max: 20 }).map(day) }),
      { selector: ({ orderId }) => orderId },
    );
    fc.assert(
      fc.property(lots, fc.bigInt({ min: 0n, max: 2_000n }), (held, spent) => {
        const spendable = held.reduce((sum, { points }) => sum + points, 0n) - spent;
        const ended = expiring(held, { spent, spendable, cutoff: day(10) });
        const total = ended.reduce((sum, { points }) => sum + points, 0n);
        expect(total <= (spendable > 0n ? spendable : 0n)).toBe(true);
        for (const { orderId, points } of ended)
          expect(points > 0n && points <= (held.find((one) => one.orderId === orderId)?.points ?? 0n)).toBe(true);
      }),
    );
  });
});
