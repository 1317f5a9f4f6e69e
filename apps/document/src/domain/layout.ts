import { currencies, type Currency, money, toDecimal } from '@tandem/kernel';
import { containedTaxes, containedTaxesOfRefund, type TaxRow } from './contained-tax.js';
import {
  type Address,
  type Amount,
  type DocumentFacts,
  type FactLine,
  issuedAt,
  type Locale,
  type OrderFacts,
  type RefundFacts,
} from './facts.js';
import { type Texts, textsIn } from './texts/texts.js';
import { printable } from './win-ansi.js';

export type Column = { readonly title: string; /** Share of the page's width. */ readonly share: number; readonly isNumber: boolean };
export type Table = { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };
export type Pair = { readonly label: string; readonly value: string };

/** A document as words in places: all that is decided; what is left is to draw it. Every text is printable by the standard fonts of PDF. */
export type Layout = {
  readonly locale: Locale;
  readonly title: string;
  readonly number: string;
  /** ISO 8601; the date of the file. */
  readonly createdAt: string;
  readonly seller: readonly string[];
  readonly to: { readonly label: string; readonly lines: readonly string[] };
  readonly facts: readonly Pair[];
  readonly lines: Table;
  readonly totals: readonly Pair[];
  readonly total: Pair | null;
  readonly taxes: Table | null;
  readonly notes: readonly string[];
  /** `Page {page} of {pages}`. */
  readonly pageLabel: string;
};

/** Lays a document out in the language and the currency of its order. */
export function layoutOf(number: string, facts: DocumentFacts): Layout {
  const { order, seller } = facts;
  const words = wordsIn[order.locale];
  const { texts } = words;
  return printed({
    locale: order.locale,
    title: texts.titles[facts.kind],
    number,
    createdAt: issuedAt(facts).toISOString(),
    seller,
    to: { label: texts.to, lines: addressLines(order.shippingAddress, words) },
    facts: [
      { label: texts.number, value: number },
      { label: texts.date, value: words.date(issuedAt(facts)) },
      { label: texts.order, value: order.number },
      ...(facts.kind === 'credit-note'
        ? [
            { label: texts.invoice, value: facts.invoiceNumber },
            { label: texts.reason, value: facts.refund.reason },
          ]
        : [{ label: texts.delivery, value: `${order.shippingOption.carrier}, ${order.shippingOption.service}` }]),
    ],
    ...bodyOf(facts, words),
    pageLabel: texts.page(0, 0).replace('0', '{page}').replace('0', '{pages}'),
  });
}

type Words = {
  readonly texts: Texts;
  readonly amount: (amount: Amount) => string;
  readonly number: (value: number) => string;
  readonly percent: (millionths: number) => string;
  readonly date: (at: Date) => string;
  readonly country: (code: string) => string;
};
type Body = Pick<Layout, 'lines' | 'totals' | 'total' | 'taxes' | 'notes'>;

function bodyOf(facts: DocumentFacts, words: Words): Body {
  switch (facts.kind) {
    case 'invoice':
      return invoiceBody(facts.order, words);
    case 'packing-slip':
      return slipBody(facts.order, words);
    case 'credit-note':
      return creditBody(facts.order, facts.refund, words);
  }
}

/** Made once: a format costs more to make than to use. */
const wordsIn: Readonly<Record<Locale, Words>> = { de: wordsFor('de'), en: wordsFor('en'), fr: wordsFor('fr') };

function wordsFor(locale: Locale): Words {
  const formats = Object.fromEntries(
    currencies.map((currency) => [currency, new Intl.NumberFormat(locale, { style: 'currency', currency })]),
  ) as Record<Currency, Intl.NumberFormat>;
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const countries = new Intl.DisplayNames(locale, { type: 'region' });
  return {
    texts: textsIn(locale),
    amount: ({ amount, currency }) => formats[currency].format(toDecimal(money(BigInt(amount), currency)) as Intl.StringNumericLiteral),
    number: (value) => numbers.format(value),
    percent: (millionths) => percents.format(millionths / 1_000_000),
    date: (at) => dates.format(at),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code),
  };
}

function invoiceBody(order: OrderFacts, { texts, amount, number, percent }: Words): Body {
  const hasDiscount = order.discount.amount !== 0;
  const minus = (value: Amount): string => amount({ ...value, amount: -value.amount });
  const taxes = containedTaxes(order);
  const isAdded = order.tax.amount !== 0;
  return {
    lines: {
      columns: [
        { title: texts.article, share: hasDiscount ? 0.46 : 0.58, isNumber: false },
        { title: texts.quantity, share: 0.08, isNumber: true },
        { title: texts.unitPrice, share: 0.16, isNumber: true },
        ...(hasDiscount ? [{ title: texts.discount, share: 0.13, isNumber: true }] : []),
        { title: texts.amount, share: hasDiscount ? 0.17 : 0.18, isNumber: true },
      ],
      rows: order.lines.map(({ quantity, unitPrice, total, discount, ...article }) => [
        articleOf(article),
        number(quantity),
        amount(unitPrice),
        ...(hasDiscount ? [discount.amount === 0 ? '' : minus(discount)] : []),
        amount({ ...total, amount: total.amount - discount.amount }),
      ]),
    },
    totals: [
      { label: texts.subtotal, value: amount(order.subtotal) },
      ...(hasDiscount ? [{ label: texts.discounts, value: minus(order.discount) }] : []),
      { label: texts.shipping, value: amount(order.shipping) },
      ...(isAdded ? [{ label: texts.addedTax, value: amount(order.tax) }] : []),
    ],
    total: { label: texts.total, value: amount(order.total) },
    taxes: taxes ? taxTable(taxes, { texts, amount, percent }) : null,
    notes: [texts.paid, ...(taxes || isAdded ? [] : [texts.noTax])],
  };
}

function creditBody(order: OrderFacts, refund: RefundFacts, words: Words): Body {
  const { texts, amount, percent } = words;
  const taxes = containedTaxesOfRefund(order, refund.amount);
  return {
    lines: returnedUnits(order, refund, words) ?? {
      columns: [
        { title: texts.article, share: 0.7, isNumber: false },
        { title: texts.amount, share: 0.3, isNumber: true },
      ],
      rows: [[`${texts.order} ${order.number}`, amount(refund.amount)]],
    },
    totals: [],
    total: { label: texts.refunded, value: amount(refund.amount) },
    taxes: taxes ? taxTable(taxes, { texts, amount, percent }) : null,
    notes: [],
  };
}

/** What came back, article by article, without amounts: a refund has one for all of it. Seats only where the whole line came back, since nobody tells which did. */
function returnedUnits(order: OrderFacts, { lines = [] }: RefundFacts, { texts, number }: Words): Table | undefined {
  if (lines.length === 0) return undefined;
  const rows = lines.flatMap(({ lineId, quantity }) =>
    order.lines
      .filter((line) => line.lineId === lineId)
      .map(({ title, sku, seats, quantity: bought }) => [
        articleOf({ title, sku, seats: quantity === bought ? seats : undefined }),
        number(quantity),
      ]),
  );
  return {
    columns: [
      { title: texts.article, share: 0.85, isNumber: false },
      { title: texts.quantity, share: 0.15, isNumber: true },
    ],
    rows,
  };
}

function slipBody(order: OrderFacts, { texts, number }: Words): Body {
  const grams = (value: number): string => `${number(value)} g`;
  return {
    lines: {
      columns: [
        { title: texts.article, share: 0.7, isNumber: false },
        { title: texts.quantity, share: 0.12, isNumber: true },
        { title: texts.weight, share: 0.18, isNumber: true },
      ],
      rows: order.lines.map(({ quantity, weightGrams, ...article }) => [
        articleOf(article),
        number(quantity),
        grams(weightGrams * quantity),
      ]),
    },
    totals: [
      { label: texts.packages, value: grams(order.lines.reduce((sum, { weightGrams, quantity }) => sum + weightGrams * quantity, 0)) },
    ],
    total: null,
    taxes: null,
    notes: [],
  };
}

/** The title, and below it the article number and the seats. */
function articleOf({ title, sku, seats = [] }: Pick<FactLine, 'title' | 'sku' | 'seats'>): string {
  const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
  return `${oneLine(title)}\n${[sku, ...(seats.length > 0 ? [seats.join(', ')] : [])].map(oneLine).join(' · ')}`;
}

function taxTable(rows: readonly TaxRow[], { texts, amount, percent }: Pick<Words, 'texts' | 'amount' | 'percent'>): Table {
  const titles = [texts.taxRate, texts.net, texts.tax, texts.gross];
  return {
    columns: titles.map((title) => ({ title, share: 0.25, isNumber: title !== texts.taxRate })),
    rows: rows.map(({ rate, net, tax, gross }) => [percent(rate), amount(net), amount(tax), amount(gross)]),
  };
}

function addressLines({ name, line1, line2, postalCode, city, region, country }: Address, { country: nameOf }: Words): readonly string[] {
  return [name, line1, ...(line2 ? [line2] : []), `${postalCode} ${city}${region ? `, ${region}` : ''}`, nameOf(country)];
}

/** Every text of it in characters that the fonts have; line breaks between a title and its article number stay. */
function printed(layout: Layout): Layout {
  const text = (value: string): string => value.split('\n').map(printable).join('\n');
  const table = ({ columns, rows }: Table): Table => ({
    columns: columns.map((column) => ({ ...column, title: text(column.title) })),
    rows: rows.map((row) => row.map(text)),
  });
  const pair = ({ label, value }: Pair): Pair => ({ label: text(label), value: text(value) });
  return {
    ...layout,
    title: text(layout.title),
    number: text(layout.number),
    pageLabel: text(layout.pageLabel),
    seller: layout.seller.map(text),
    notes: layout.notes.map(text),
    to: { label: text(layout.to.label), lines: layout.to.lines.map(text) },
    facts: layout.facts.map(pair),
    totals: layout.totals.map(pair),
    total: layout.total && pair(layout.total),
    lines: table(layout.lines),
    taxes: layout.taxes && table(layout.taxes),
  };
}
