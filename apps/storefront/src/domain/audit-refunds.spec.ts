import type { Fact } from './audit-facts.js';
import { cancelled, detail, effects, eur, fact, found, ledger, letter, now, old, order, stock, without } from './testing/audit-evidence.js';

describe('the auditor, of money and points,', () => {
  describe('of money that went back', () => {
    const long = '2026-11-20T11:00:00Z';
    const refund = (rest: object = {}) => ({
      id: 'rfd_1',
      row: 'r1',
      status: 'succeeded',
      cause: 'staff',
      minor: '1000',
      currency: 'EUR',
      at: old.toISOString(),
      ...rest,
    });
    const paid = (amount: bigint, rest: Partial<Fact> = {}): Fact =>
      fact('payment.refunded', 'ord_1', { money: eur(amount), rows: [{ service: 'payment', table: 'refund', id: 'r1' }], ...rest });
    const told = (refunds: readonly object[] | undefined, rest: object = {}): Fact => ({
      ...order,
      detail: detail({ ...JSON.parse(order.detail), refunds, ...rest }),
    });
    const moneyOf = (...facts: readonly Fact[]) => {
      const others = effects.filter(({ kind }) => kind !== 'points.entry' && !facts.some((given) => given.kind === kind));
      const { I5 = [], I2 = [] } = found([...others, stock, ledger, ...facts]);
      return [...I2, ...I5];
    };

    it('finds nothing where payment and order tell the same', () => {
      expect(moneyOf(told([refund()]), paid(1_000n))).toEqual([]);
      expect(moneyOf(told([refund({ minor: '5000' })], { status: 'refunded' }), paid(5_000n))).toEqual([]);
      expect(moneyOf(told([refund({ status: 'pending' })]))).toEqual([]);
    });

    it.each([
      ['that the order does not know', told([]), [paid(1_000n)], 'got 1000 back by a refund that the order does not know'],
      [
        'that the order says is refused',
        told([refund({ status: 'refused' })]),
        [paid(1_000n)],
        'got 1000 back by rfd_1, the order says refused',
      ],
      ['of another amount', told([refund()]), [paid(900n)], 'got 900 back by rfd_1, the order says 1000'],
      ['that payment does not know', told([refund()]), [], 'counts 1000 as refunded by rfd_1, payment does not'],
      [
        'in another currency',
        told([refund()]),
        [paid(1_000n, { money: { amount: 1_000n, currency: 'USD' } })],
        'costs EUR, its money moved in USD',
      ],
      ['of a part only', told([refund()], { status: 'refunded' }), [paid(1_000n)], 'is refunded, 1000 of 5000 went back'],
      [
        'of everything, untold',
        told([refund({ minor: '5000' })], { status: 'delivered' }),
        [paid(5_000n)],
        'is delivered, all of its 5000 went back',
      ],
    ])('finds a refund %s', (_, tells, refunds, message) => expect(moneyOf(tells, ...refunds)).toEqual([`ord_1 ${message}`]));

    it('finds a charge in another currency', () => {
      const charge = fact('payment.captured', 'ord_1', { money: { amount: 5_000n, currency: 'USD' } });
      expect(moneyOf(told([]), charge)).toEqual(['ord_1 costs EUR, its money moved in USD']);
    });

    it('gives both time to tell, and believes what an older service does not tell', () => {
      expect(moneyOf(told([]), paid(1_000n, { at: now }))).toEqual([]);
      expect(moneyOf(told([refund({ at: now.toISOString() })]))).toEqual([]);
      expect(moneyOf(told(undefined), paid(1_000n))).toEqual([]);
      expect(moneyOf(told([]), paid(1_000n, { rows: [] }))).toEqual([]);
      const { I5 } = found([...effects, stock, told([]), paid(1_000n)], { open: [letter('order')] });
      expect(I5).toBeUndefined();
    });

    it('knows the refund of money that was taken too late by the payment’s own id', () => {
      const late = fact('payment.captured', 'ord_1', { money: eur(5_000n), rows: paid(0n).rows });
      expect(moneyOf(told([]), effects[0]!, late, paid(5_000n))).toEqual(['ord_1 costs 5000, 10000 was taken']);
    });

    it.each(['pending', 'refused'])('finds a refund that has been %s for more than a day', (status) => {
      expect(moneyOf(told([refund({ status, at: long })]))).toEqual([
        `ord_1 its refund rfd_1 of 1000 EUR has been ${status} for more than a day`,
      ]);
      expect(moneyOf(told([refund({ status })]))).toEqual([]);
    });

    it('lets a refunded order keep what came back to the shop later and an operator wrote off, and no more', () => {
      const writtenOff = (minor: string) =>
        told([refund({ minor: '3000' }), refund({ id: 'rfd_2', row: 'r2', status: 'written-off', minor })], { status: 'refunded' });
      expect([moneyOf(writtenOff('2000'), paid(3_000n)), moneyOf(writtenOff('1999'), paid(3_000n))]).toEqual([
        [],
        ['ord_1 is refunded, 3000 of 5000 went back'],
      ]);
    });

    it('takes what the bank has in hand for what it is, for seven days: of a cancelled order, of a refunded one, of a refund that is long pending', () => {
      const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
      const inHand = (days: number, amount = 5_000n): Fact =>
        fact('payment.refund-in-hand', 'ord_1', {
          money: eur(amount),
          at: daysAgo(days),
          rows: [{ service: 'payment', table: 'refund', id: 'r1' }],
        });
      const pending = (days: number) => refund({ status: 'pending', minor: '5000', cause: 'cancel', at: daysAgo(days).toISOString() });
      const kept = (...facts: readonly Fact[]) =>
        found([
          ...cancelled.slice(1).filter(({ kind, detail: text }) => kind !== 'payment.refunded' && text !== 'credit-note made'),
          { ...told([pending(0)]), kind: 'order.cancelled' },
          ...facts,
        ])['I5'];
      const isKept = ['ord_1 was cancelled, 5000 of its money is kept'];
      expect([kept(), kept(inHand(6)), kept(inHand(8)), kept(inHand(6, 4_999n))]).toEqual([isKept, undefined, isKept, isKept]);
      const again = (...facts: readonly Fact[]) => moneyOf(told([pending(6)], { status: 'refunded' }), ...facts);
      const isPending = 'ord_1 its refund rfd_1 of 5000 EUR has been pending for more than a day';
      const isNotBack = 'ord_1 is refunded, 0 of 5000 went back';
      expect([again(inHand(6)), again(), again(inHand(8))]).toEqual([[], [isPending, isNotBack], [isPending, isNotBack]]);
    });

    it('lets a cancelled order keep what an operator wrote off, and no more', () => {
      const kept = (minor: string) =>
        found([
          ...cancelled.slice(1).filter(({ kind, detail: text }) => kind !== 'payment.refunded' && text !== 'credit-note made'),
          { ...told([refund({ status: 'written-off', minor, cause: 'cancel' })]), kind: 'order.cancelled' },
        ])['I5'];
      expect([kept('5000'), kept('4999')]).toEqual([undefined, ['ord_1 was cancelled, 5000 of its money is kept']]);
    });
  });

  describe('of points', () => {
    const entry = (kind: string, points: bigint): Fact => fact('points.entry', 'ord_1', { quantity: points, detail: kind });
    const pointsOf = (change: object, ...entries: readonly Fact[]) =>
      found([{ ...order, detail: detail({ ...JSON.parse(order.detail), ...change }) }, ...without('points.entry').slice(1), ...entries])[
        'I6'
      ];
    const refunds = (...minors: readonly string[]) =>
      minors.map((minor) => ({
        id: 'rfd_1',
        row: minor,
        status: 'succeeded',
        cause: 'staff',
        minor,
        currency: 'EUR',
        at: old.toISOString(),
      }));

    it('finds nothing where the ledger has what the order says', () => {
      expect(pointsOf({ pointsEarned: 45, pointsRedeemed: 10 }, entry('earned', 45n), entry('redeemed', -10n))).toBeUndefined();
      expect(pointsOf({ pointsEarned: 45 }, entry('earned', 45n), entry('expired', -45n))).toBeUndefined();
      expect(pointsOf({ pointsEarned: 36, refunds: refunds('1000') }, entry('earned', 45n), entry('reversed', -9n))).toBeUndefined();
      const whole = [entry('earned', 45n), entry('reversed', -45n), entry('redeemed', -10n), entry('returned', 10n)];
      expect(pointsOf({ status: 'refunded', pointsEarned: 0 }, ...whole)).toBeUndefined();
    });

    it.each([
      [
        'an award that is not what the order was told',
        { pointsEarned: 45 },
        [entry('earned', 54n)],
        'has earned 54 points in the ledger, the order was told 45',
      ],
      [
        'points of an order that was refunded in full',
        { status: 'refunded' },
        [entry('earned', 45n)],
        'was refunded in full and keeps 45 points',
      ],
      ['points that were not spent', { pointsRedeemed: 10 }, [entry('earned', 45n)], 'was paid with 10 points, 0 were spent'],
      [
        'points that were not returned',
        { status: 'refunded' },
        [entry('redeemed', -10n)],
        'was refunded in full, 10 points it was paid with are not returned',
      ],
      [
        'a refund’s share that was not taken back',
        { refunds: refunds('1000') },
        [entry('earned', 45n)],
        'had 1000 of 5000 refunded, 0 of its 45 points were taken back',
      ],
      [
        'a share that is too large',
        { refunds: refunds('500', '500') },
        [entry('earned', 45n), entry('reversed', -10n)],
        'had 1000 of 5000 refunded, 10 of its 45 points were taken back',
      ],
      [
        'a share that was not returned',
        { refunds: refunds('1000') },
        [entry('redeemed', -10n)],
        'had 1000 of 5000 refunded, 0 of its 10 points were returned',
      ],
    ])('finds %s', (_, change, entries, message) => expect(pointsOf(change, ...entries)).toEqual([`ord_1 ${message}`]));

    it('counts what is earned apart from what is paid with', () => {
      const both = [entry('earned', 45n), entry('redeemed', -45n)];
      expect(pointsOf({ status: 'refunded' }, ...both)).toHaveLength(2);
    });

    it('takes shares that were rounded one by one', () => {
      expect(pointsOf({ refunds: refunds('550', '550') }, entry('earned', 45n), entry('reversed', -8n))).toBeUndefined();
    });
  });
});
