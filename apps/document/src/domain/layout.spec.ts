import { layoutOf } from './layout.js';
import { aLine, amountIn, anOrder, seller } from './testing/orders.js';

const eur = amountIn('EUR');

describe('the layout of a document', () => {
  it('of an invoice says who, what, how much and the taxes in it', () => {
    const lines = [aLine({ quantity: 2, discount: eur(199), title: 'Grüne Tasse' })];
    expect(layoutOf('INV-2026-000017', { kind: 'invoice', seller, order: anOrder({ locale: 'de', lines }) })).toEqual({
      locale: 'de',
      title: 'Rechnung',
      number: 'INV-2026-000017',
      createdAt: '2026-11-21T10:00:00.000Z',
      seller,
      to: { label: 'Empfänger', lines: ['Zoë Müller', 'Rue de l’Église 5', '50667 Köln', 'Deutschland'] },
      facts: [
        { label: 'Nummer', value: 'INV-2026-000017' },
        { label: 'Datum', value: '21. November 2026' },
        { label: 'Bestellung', value: '7K3QZ9XA' },
        { label: 'Versand', value: 'sandbox, standard' },
      ],
      lines: {
        columns: [
          { title: 'Artikel', share: 0.46, isNumber: false },
          { title: 'Menge', share: 0.08, isNumber: true },
          { title: 'Einzelpreis', share: 0.16, isNumber: true },
          { title: 'Rabatt', share: 0.13, isNumber: true },
          { title: 'Betrag', share: 0.17, isNumber: true },
        ],
        rows: [['Grüne Tasse\nMUG-1', '2', '19,99\u00a0€', '-1,99\u00a0€', '37,99\u00a0€']],
      },
      totals: [
        { label: 'Zwischensumme', value: '39,98\u00a0€' },
        { label: 'Rabatte', value: '-1,99\u00a0€' },
        { label: 'Versandkosten', value: '4,90\u00a0€' },
      ],
      total: { label: 'Gesamtbetrag', value: '42,89\u00a0€' },
      taxes: {
        columns: ['Steuersatz', 'Netto', 'Steuer', 'Brutto'].map((title) => ({ title, share: 0.25, isNumber: title !== 'Steuersatz' })),
        rows: [['19\u00a0%', '36,04\u00a0€', '6,85\u00a0€', '42,89\u00a0€']],
      },
      notes: ['Der Betrag ist bezahlt. Leistungsdatum ist das Rechnungsdatum.'],
      pageLabel: 'Seite {page} von {pages}',
    });
  });

  it.each([
    ['en', 'JPY', '¥1,999'],
    ['en', 'BHD', 'BHD\u00a01.999'],
    ['en', 'USD', '$19.99'],
    ['fr', 'EUR', '19,99\u00a0€'],
    ['fr', 'BHD', '1,999\u00a0BHD'],
    ['de', 'JPY', '1.999\u00a0¥'],
  ] as const)('writes amounts as %s does, in %s with its own digits', (locale, currency, expected) => {
    const { lines } = layoutOf('INV-1', { kind: 'invoice', seller, order: anOrder({ locale, currency }) });
    expect(lines.rows[0]?.[2]).toBe(expected);
  });

  it('shows tax that was added, and no column of discounts where there is none', () => {
    const usd = amountIn('USD');
    const { totals, taxes, lines, notes } = layoutOf('INV-1', {
      kind: 'invoice',
      seller,
      order: anOrder({ currency: 'USD', tax: usd(145) }),
    });
    expect([totals.map(({ label, value }) => `${label} ${value}`), taxes, lines.columns.map(({ title }) => title), notes.length]).toEqual([
      ['Subtotal $19.99', 'Shipping $4.90', 'Tax $1.45'],
      null,
      ['Item', 'Qty', 'Unit price', 'Amount'],
      1,
    ]);
  });

  it('of a packing slip tells no prices', () => {
    const layout = layoutOf('PS-7K3QZ9XA', {
      kind: 'packing-slip',
      seller,
      order: anOrder({ lines: [aLine({ quantity: 3 }), aLine({ weightGrams: 50 })] }),
    });
    expect([layout.lines.rows, layout.totals, layout.total, layout.taxes]).toEqual([
      [
        ['Mug\nMUG-1', '3', '900 g'],
        ['Mug\nMUG-1', '1', '50 g'],
      ],
      [{ label: 'Total weight', value: '950 g' }],
      null,
      null,
    ]);
    expect(JSON.stringify(layout)).not.toContain('€');
  });

  it('of a credit note names the invoice and the part of the tax', () => {
    const refund = { refundId: 'ref_1', amount: eur(1_190), reason: 'Zerbrochen', refundedAt: '2026-12-01T00:00:00.000Z' };
    const layout = layoutOf('CN-2026-000001', {
      kind: 'credit-note',
      seller,
      order: anOrder({ locale: 'de' }),
      refund,
      invoiceNumber: 'INV-2026-000017',
    });
    expect(layout).toMatchObject({
      title: 'Gutschrift',
      createdAt: refund.refundedAt,
      total: { label: 'Erstatteter Betrag', value: '11,90\u00a0€' },
    });
    expect([layout.facts.slice(1), layout.taxes?.rows]).toEqual([
      [
        { label: 'Datum', value: '1. Dezember 2026' },
        { label: 'Bestellung', value: '7K3QZ9XA' },
        { label: 'Zu Rechnung', value: 'INV-2026-000017' },
        { label: 'Grund', value: 'Zerbrochen' },
      ],
      [['19\u00a0%', '10,00\u00a0€', '1,90\u00a0€', '11,90\u00a0€']],
    ]);
  });

  it('of a credit note for lines names the articles and the units that came back; one for an amount, or planned before that was kept, the order', () => {
    const order = anOrder({
      lines: [
        aLine({ lineId: 'line_1', quantity: 3 }),
        aLine({ lineId: 'line_2', quantity: 2, seats: ['A1', 'A2'] }),
        aLine({ lineId: 'line_3', quantity: 1, seats: ['B1'] }),
      ],
    });
    const refund = { refundId: 'ref_1', amount: eur(1_190), reason: 'Dent', refundedAt: '2026-12-01T00:00:00.000Z' };
    const rowsOf = (lines?: readonly { lineId: string; quantity: number }[]) =>
      layoutOf('CN-1', { kind: 'credit-note', seller, order, refund: { ...refund, lines }, invoiceNumber: 'INV-1' }).lines.rows;
    const returned = [1, 2, 3].map((n) => ({ lineId: `line_${n}`, quantity: 1 }));
    expect(rowsOf(returned)).toEqual([
      ['Mug\nMUG-1', '1'],
      ['Mug\nMUG-1', '1'],
      ['Mug\nMUG-1 · B1', '1'],
    ]);
    expect(rowsOf()).toEqual([['Order 7K3QZ9XA', '€11.90']]);
  });

  it('names the seats of a line', () => {
    const order = anOrder({ lines: [aLine({ quantity: 2, seats: ['Row 1, A', 'Row 1, B'] })] });
    expect((['invoice', 'packing-slip'] as const).map((kind) => layoutOf('X', { kind, seller, order }).lines.rows[0]?.[0])).toEqual(
      Array.from({ length: 2 }, () => 'Mug\nMUG-1 · Row 1, A, Row 1, B'),
    );
  });

  it('holds nothing the fonts do not have, whatever a shopper has written', () => {
    const order = anOrder({
      lines: [aLine({ title: '<script>Łódź 🎁\n日本' })],
      shippingAddress: { ...anOrder().shippingAddress, name: 'Дмитрий\u202e' },
    });
    const { lines, to } = layoutOf('INV-1', { kind: 'invoice', seller, order });
    expect([lines.rows[0]?.[0], to.lines[0]]).toEqual(['<script>Lódz ? ??\nMUG-1', '??????? ']);
  });

  it('knows no country that is none', () => {
    const { to } = layoutOf('INV-1', {
      kind: 'invoice',
      seller,
      order: anOrder({ shippingAddress: { ...anOrder().shippingAddress, country: '12', region: 'R', line2: 'c/o' } }),
    });
    expect(to.lines.slice(1)).toEqual(['Rue de l’Église 5', 'c/o', '50667 Köln, R', '12']);
  });
});
