import { inflateSync } from 'node:zlib';
import { code128 } from '../domain/code-128.js';
import { printLabel } from './label-printer.js';

const label = {
  orderId: 'ord_1',
  trackingCode: 'SBX0123456789ABCDEF',
  service: 'standard',
  createdAt: new Date('2026-11-21T12:00:00Z'),
  shippingAddress: { name: 'Ada', line1: '1 Main St', city: 'London', postalCode: 'N1', country: 'GB' },
  parcels: [{ weightGrams: 650 }, { weightGrams: 1_200 }],
};

/** What is drawn on each page, as PDF operators. */
function pagesOf(pdf: Uint8Array): readonly string[] {
  const streams = [
    ...Buffer.from(pdf)
      .toString('latin1')
      .matchAll(/FlateDecode[\s\S]*?stream\n([\s\S]*?)\nendstream/g),
  ];
  return streams
    .map(([, bytes = '']) => inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1'))
    .filter((content) => content.includes(' re'));
}

/** Widths of bars and the spaces between them, in modules. */
function barsOf(page: string): readonly number[] {
  const bars = [...page.matchAll(/([\d.]+) [\d.]+ ([\d.]+) [\d.]+ re/g)].map(([, x, width]) => ({ x: Number(x), width: Number(width) }));
  const module = Math.min(...bars.map(({ width }) => width));
  return bars
    .flatMap(({ x, width }, index) => [width, ...(bars[index + 1] ? [(bars[index + 1]?.x ?? 0) - x - width] : [])])
    .map((each) => Math.round(each / module));
}

describe('a printed label', () => {
  it('has a page for every parcel, and on it the tracking code in bars, drawn and not a picture', async () => {
    const pages = pagesOf(await printLabel(label));
    expect(pages.map(barsOf)).toEqual([code128(label.trackingCode), code128(label.trackingCode)]);
  });

  it('is the same bytes each time', async () => {
    const [one, other] = await Promise.all([printLabel(label), printLabel(label)]);
    expect(Buffer.from(one).equals(other)).toBe(true);
  });

  it('leaves a code to be typed that would not fit as bars, or cannot be one', async () => {
    for (const trackingCode of ['X'.repeat(100), 'É']) expect(pagesOf(await printLabel({ ...label, trackingCode }))).toEqual([]);
  });
});
