import { audit } from './audit.js';
import type { Fact } from './audit-facts.js';
import { notJudged } from './audit-queues.js';
import {
  cancelled,
  creditNote,
  detail,
  effects,
  eur,
  fact,
  found,
  history,
  ledger,
  letter,
  now,
  order,
  queue,
  stock,
  whole,
  without,
} from './testing/audit-evidence.js';

describe('the auditor', () => {
  it('finds nothing where all is well, and says how much it looked at', () => {
    expect(found(whole)).toEqual({});
    expect(
      audit({ facts: whole, open: [], discarded: [], queues: [queue({ oldestAgeMs: 600_000 })], now }).map(({ id, checked }) => [
        id,
        checked,
      ]),
    ).toEqual([
      ['I1', 7],
      ['I2', 1],
      ['I3', 1],
      ['I4', 2],
      ['I5', 1],
      ['I6', 2],
      ['I7', 1],
      ['I8', 1],
    ]);
    expect(found(cancelled)).toEqual({});
    expect(found([])).toEqual({});
  });

  it('names the rows that show what does not hold, the order’s first', () => {
    const rowsOf = (facts: readonly Fact[]) =>
      audit({ facts, open: [], discarded: [], queues: [], now }).flatMap(({ violations }) =>
        violations.map(({ rows }) => rows.map(({ service, table }) => `${service}.${table}`)),
      );
    const charge = effects[0]!;
    expect(rowsOf([...whole, charge])).toEqual([
      ['order.order.confirmed', 'payment.payment.captured', 'payment.payment.captured'],
      ['order.order.confirmed', 'payment.payment.captured', 'payment.payment.captured'],
    ]);
    expect(rowsOf([charge])).toEqual([['payment.payment.captured']]);
    expect(rowsOf([{ ...stock, quantity: 7n }])).toEqual([['stock.stock']]);
    expect(rowsOf(without('mail.sent'))).toEqual([['order.order.confirmed']]);
  });

  it.each([
    ['ten minutes behind', 600_000],
    ['ten minutes ahead', -600_000],
  ])('judges an order by how long ago it was written, when the clock here is %s', (_, aheadMs) => {
    const at = new Date(now.getTime() + aheadMs);
    const aged = (ageMs: number): readonly Fact[] =>
      without('mail.sent').map((fact) => (fact.kind === order.kind ? { ...fact, at, ageMs } : fact));
    expect(found(aged(14_000))).toEqual({});
    expect(found(aged(16_000))).toEqual({ I3: ['ord_1 got no mail of its confirmation'] });
  });

  it('finds effects of orders nobody made', () => {
    expect(found([fact('payment.captured', 'ord_9', { money: eur(1n) }), fact('shipment', 'ord_8')])).toEqual({
      I1: ['ord_9 payment.captured without an order', 'ord_8 shipment without an order'],
    });
  });

  it('finds orders told twice, and orders that stay open', () => {
    expect(found([...whole, fact('order.open', 'ord_1', { at: now })])['I2']).toEqual(['ord_1 the order is told twice']);
    expect(found([fact('order.open', 'ord_2', { at: new Date('2026-11-21T11:49:00Z') })])).toEqual({
      I2: ['ord_2 the order has been open for more than ten minutes'],
    });
  });

  it('finds histories with a hole, and with an effect before its cause', () => {
    const told = (history: readonly string[], lastSequence: number): Fact =>
      fact('order.open', 'ord_1', { at: now, detail: detail({ history, lastSequence }) });
    expect(found([told(['order.placed', 'order.confirmed'], 3)])).toEqual({ I7: ['ord_1 has 2 entries, the last is number 3'] });
    expect(found([told(['order.placed', 'shipment.created', 'order.confirmed'], 3)])).toEqual({
      I7: ['ord_1 has shipment.created before order.confirmed'],
    });
    expect(found([told(['order.confirmed'], 1)])).toEqual({ I7: ['ord_1 begins with order.confirmed'] });
  });

  it('finds outboxes and consumers that do not get on', () => {
    expect(found([], { queues: [queue({ name: 'shipping on order', oldestAgeMs: 661_000 })] })).toEqual({
      I8: ['shipping on order its oldest message waits for 11 minutes'],
    });
  });

  it.each([
    ['payment.captured', { I3: ['ord_1 was never charged'], I5: ['ord_1 costs 5000, 0 was taken'] }],
    ['mail.sent', { I3: ['ord_1 got no mail of its confirmation'] }],
    ['shipment', { I3: ['ord_1 has no shipment'] }],
    ['points.entry', { I3: ['ord_1 earned no points'] }],
    ['stock.sold', { I4: ['ord_1 sold 2 units, 0 were taken from stock'] }],
  ])('misses %s', (kind, expected) => expect(found(without(kind))).toEqual(expected));

  it.each([
    ['payment.captured', 'was charged more than once'],
    ['mail.sent', 'got the mail order.confirmed more than once'],
    ['shipment', 'has more than one shipment'],
    ['points.entry', 'earned points more than once'],
  ])('finds a second %s, however young the order', (kind, message) => {
    const young = whole.map((known) => ({ ...known, at: now }));
    expect(found([...young, ...effects.filter((known) => known.kind === kind)])['I3']).toEqual([`ord_1 ${message}`]);
  });

  it('gives a young order time, and one of which a message waits', () => {
    const young = fact('order.confirmed', 'ord_1', { ...order, at: new Date(now.getTime() - 14_000) });
    expect(found([young])).toEqual({});
  });

  it('excuses what the group lacks that has a message of the order set aside, and nothing else', () => {
    const [shipping, mail] = [{ open: [letter('shipping')] }, { open: [letter('notification')] }];
    expect(found(without('shipment'), shipping)).toEqual({});
    expect(found(without('shipment'), mail)).toEqual({ I3: ['ord_1 has no shipment'] });
    expect(found(without('stock.sold'), shipping)).toEqual({ I4: ['ord_1 sold 2 units, 0 were taken from stock'] });
    expect(found(without('payment.captured'), shipping)).toEqual({
      I3: ['ord_1 was never charged'],
      I5: ['ord_1 costs 5000, 0 was taken'],
    });
    expect(notJudged(shipping.open)).toEqual([
      { subject: 'ord_1', message: 'its shipment: shipping has order.confirmed.v1 set aside (dl_1)' },
    ]);
    expect(notJudged([letter('webhook'), letter('loyalty', { key: 'cus_1' })])).toEqual([]);
  });

  it('finds what is set aside for ten minutes, with what waits behind it, and what the log refuses', () => {
    const since = new Date('2026-11-21T11:49:00Z');
    const open = [letter('shipping', { since }), letter('shipping', { id: 'dl_2' }), letter('webhook', { id: 'dl_3' })];
    expect(found([], { open })).toEqual({
      I8: ['ord_1 shipping has order.confirmed.v1 (dl_1) set aside for 11 minutes, 1 behind it: undeliverable'],
    });
    expect(found([], { open: [letter('shipping', { since, key: '' })] })['I8']).toHaveLength(1);
    expect(found([], { open: [letter('shipping', { since: new Date('2026-11-21T11:50:00Z') })] })).toEqual({});
    expect(found([], { queues: [queue({ refused: 2 })] })).toEqual({ I8: ['outbox of order the log refuses 2 of its messages'] });
  });

  it('excuses what somebody gave up on', () => {
    expect(found(without('shipment'), { discarded: [letter('shipping')] })).toEqual({});
    expect(found(without('shipment'), { discarded: [letter('loyalty')] })).toEqual({ I3: ['ord_1 has no shipment'] });
  });

  it.each(['planned', 'refused'])('counts no shipment that is only %s', (status) => {
    expect(found([...without('shipment'), fact('shipment', 'ord_1', { detail: status })])).toEqual({ I3: ['ord_1 has no shipment'] });
  });

  it('counts an invoice that is made, or whose making was taken back, and no other', () => {
    const invoice = (state: string) => found([...without('document'), fact('document', 'ord_1', { detail: `invoice ${state}` })]);
    expect(['made', 'cancelled', 'failed', 'queued'].map(invoice)).toEqual([
      {},
      {},
      { I3: ['ord_1 has no invoice'] },
      { I3: ['ord_1 has no invoice'] },
    ]);
    expect(found(without('document'), { discarded: [letter('document')] })).toEqual({});
    expect(found([...whole, fact('document', 'ord_1', { detail: 'invoice queued' })])).toEqual({ I3: ['ord_1 has more than one invoice'] });
  });

  it('counts a credit note for each refund of what was invoiced', () => {
    const refunded = {
      ...order,
      detail: detail({ ...JSON.parse(order.detail), history: [...history, 'order.refunded'], lastSequence: 5 }),
    };
    const withNotes = (...notes: readonly string[]) => found([refunded, ...effects, stock, ledger, ...notes.map(creditNote)]);
    expect([withNotes('made'), withNotes('cancelled'), withNotes(), withNotes('queued'), withNotes('made', 'made')]).toEqual([
      {},
      {},
      { I3: ['ord_1 has 0 credit notes made for 1 refunds'] },
      { I3: ['ord_1 has 0 credit notes made for 1 refunds'] },
      { I3: ['ord_1 has 2 credit notes for 1 refunds'] },
    ]);
    const uncredited = cancelled.filter(({ detail: text }) => text !== 'credit-note made');
    expect(found(uncredited)).toEqual({ I3: ['ord_1 has 0 credit notes made for 1 refunds'] });
    expect(found(uncredited, { discarded: [letter('document')] })).toEqual({});
    expect(found(uncredited.filter(({ kind }) => kind !== 'document'))).toEqual({});
    expect(found([...whole, creditNote('made')])).toEqual({ I3: ['ord_1 has 1 credit notes for 0 refunds'] });
  });

  it('finds a cancelled order whose label still stands', () => {
    const kept = cancelled.map((known) => (known.kind === 'shipment' ? { ...known, detail: 'created' } : known));
    expect(found(kept)).toEqual({ I3: ['ord_1 was cancelled, its label is not voided'] });
    expect(found(kept, { open: [letter('shipping')] })).toEqual({});
  });

  it('finds guests with points', () => {
    const guests = fact('order.confirmed', 'ord_1', { ...order, detail: detail({ customerId: null, lines: [{ quantity: 2 }] }) });
    expect(found([guests, ...effects, stock])).toEqual({ I3: ['ord_1 earned points though it is a guest’s'] });
  });

  it.each([
    [{ quantity: 7n }, 'has 7 on hand, its movements say 8'],
    [{ detail: detail({ reserved: 1, held: 2, introduced: 10, taken: 2 }) }, 'has 1 reserved, its reservations hold 2'],
    [{ detail: detail({ reserved: 9, introduced: 10, taken: 2 }) }, 'has more reserved than there is'],
  ])('finds stock that does not add up', (change, message) =>
    expect(found([{ ...stock, ...change }])).toEqual({ I4: [`var_1 ${message}`] }),
  );

  it('finds stock below zero', () => {
    expect(found([fact('stock', 'var_1', { quantity: -1n, detail: detail({ taken: 1 }) })])).toEqual({
      I4: ['var_1 is negative', 'var_1 has more reserved than there is'],
    });
  });

  it('finds two orders with a ticket for one seat', () => {
    const ticketOf = (id: string, seats: readonly string[]) => [
      ...[order, ...effects]
        .map((each) => ({ ...each, subject: id }))
        .filter(({ kind }) => kind !== 'order.confirmed' && kind !== 'stock.sold'),
      {
        ...order,
        subject: id,
        detail: detail({
          customerId: 'cus_1',
          status: 'confirmed',
          lines: [{ variantId: 'var_9', quantity: 2, seats: ['A1', 'A2'] }],
          goods: '4500',
          history,
          lastSequence: 4,
        }),
      },
      fact('stock.sold', id, { quantity: 2n, detail: detail({ seats }) }),
    ];
    expect(found([...ticketOf('ord_1', ['var_9 A1', 'var_9 A2']), stock, ledger])).toEqual({});
    expect(found([...ticketOf('ord_1', ['var_9 A1', 'var_9 A2']), ...ticketOf('ord_2', ['var_9 A2']), stock, ledger])).toEqual({
      I4: ['ord_2 has a ticket for var_9 A1, which is not its seat'],
    });
  });

  describe('of an order with refunds', () => {
    /** The order after `refunds`: units of its one line that each gave back, 0 for an amount alone. `sold`: what inventory says is taken. */
    const refunded = (refunds: readonly number[], sold: bigint, change: { status?: string; lines?: readonly object[] } = {}) => {
      const returned = refunds.reduce((sum, units) => sum + units, 0);
      const told = {
        ...JSON.parse(order.detail),
        lines: [{ variantId: 'var_1', quantity: 2, returned }],
        history: [...history, ...refunds.map(() => 'order.refunded')],
        lastSequence: history.length + refunds.length,
        ...change,
      };
      const rest = effects.filter(({ kind }) => kind !== 'stock.sold');
      const notes = refunds.map(() => creditNote('made'));
      const reversed = change.status === 'refunded' ? [fact('points.entry', 'ord_1', { quantity: -45n, detail: 'reversed' })] : [];
      return [
        { ...order, detail: detail(told) },
        ...rest,
        ...notes,
        ...reversed,
        fact('stock.sold', 'ord_1', { quantity: sold }),
        stock,
        ledger,
      ];
    };

    it.each([
      ['of one unit', [1], 1n, 'confirmed'],
      ['of one unit and then another', [1, 1], 0n, 'refunded'],
      ['of all units by lines', [2], 0n, 'refunded'],
      ['of an amount alone', [0], 2n, 'confirmed'],
      ['of everything by amounts alone', [0, 0], 2n, 'refunded'],
      ['of an amount, and of a unit', [0, 1], 1n, 'delivered'],
    ])('finds nothing wrong after refunds %s', (_, refunds, sold, status) =>
      expect(found(refunded(refunds, sold, { status }))).toEqual({}),
    );

    it.each([
      ['a unit that came back and is still taken', [1], 2n, 'confirmed', 'sold 2 units, 1 came back, 2 are taken from stock'],
      ['a unit too few taken beside a refund', [1], 0n, 'delivered', 'sold 2 units, 1 came back, 0 are taken from stock'],
      ['a unit taken of an order that came back whole', [2], 1n, 'refunded', 'sold 2 units, 2 came back, 1 are taken from stock'],
      ['a unit back for which only an amount was refunded', [0], 1n, 'confirmed', 'sold 2 units, 1 were taken from stock'],
    ])('finds %s', (_, refunds, sold, status, message) =>
      expect(found(refunded(refunds, sold, { status }))).toEqual({ I4: [`ord_1 ${message}`] }),
    );

    it('finds what a cancellation left taken, also when a unit had come back before', () => {
      const gone = refunded([1], 0n).slice(0, 1);
      const after = (sold: bigint) => [
        { ...fact('order.cancelled', 'ord_1', { detail: gone[0]?.detail ?? '' }) },
        ...cancelled.slice(1).filter(({ kind }) => kind !== 'stock.sold'),
        fact('stock.sold', 'ord_1', { quantity: sold }),
      ];
      expect(found(after(0n))).toEqual({});
      expect(found(after(1n))).toEqual({ I4: ['ord_1 was cancelled, 1 units are still taken'] });
    });

    it('gives a refund time to return its units, and excuses what somebody gave up on', () => {
      const late = refunded([1], 2n);
      expect(found(late.map((known) => (known.kind === 'order.confirmed' ? { ...known, at: now } : known)))).toEqual({});
      expect(found(late, { open: [letter('inventory')] })).toEqual({});
      expect(found(late, { discarded: [letter('inventory')] })).toEqual({});
      expect(found(refunded([1], 3n), { discarded: [letter('inventory')] })).toEqual({
        I4: ['ord_1 sold 2 units, 1 came back, 3 are taken from stock'],
      });
    });

    it('compares only what can be known when an older order service does not tell what came back', () => {
      const untold = { lines: [{ variantId: 'var_1', quantity: 2, seats: ['A1', 'A2'] }] };
      expect([2n, 1n, 0n].map((sold) => found(refunded([1], sold, untold)))).toEqual([{}, {}, {}]);
      expect(found(refunded([1], 3n, untold))).toEqual({ I4: ['ord_1 sold 2 units, some came back, 3 are taken from stock'] });
    });

    it('lets tickets go that came back, and no more of them', () => {
      const withSeat = (seats: readonly string[]) =>
        refunded([1], 1n, { lines: [{ variantId: 'var_9', quantity: 2, returned: 1, seats: ['A1', 'A2'] }] }).map((known) =>
          known.kind === 'stock.sold' ? { ...known, detail: detail({ seats }) } : known,
        );
      expect(found(withSeat(['var_9 A1']))).toEqual({});
      expect(found(withSeat([]))['I4']).toHaveLength(2);
    });
  });

  it('finds a cancelled order that keeps money, stock or points', () => {
    expect(found(cancelled.filter(({ kind, detail: text }) => kind !== 'payment.refunded' && text !== 'credit-note made'))).toEqual({
      I5: ['ord_1 was cancelled, 5000 of its money is kept'],
    });
    expect(found(cancelled.filter(({ detail: text }) => text !== 'reversed'))).toEqual({ I6: ['ord_1 was cancelled and keeps 45 points'] });
    expect(found([...cancelled, fact('stock.sold', 'ord_1', { quantity: 2n })])).toEqual({
      I4: ['ord_1 was cancelled, 2 units are still taken'],
    });
  });

  it('finds money given back twice, and a ledger that is not balanced', () => {
    expect(found([...cancelled, creditNote('made'), fact('payment.refunded', 'ord_1', { money: eur(1n) })])).toEqual({
      I5: ['ord_1 got more money back than was taken'],
    });
    expect(found([fact('ledger.sum', 'ledger', { quantity: 3n })])).toEqual({ I6: ['ledger the ledger sums to 3'] });
  });
});
