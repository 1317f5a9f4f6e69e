import PDFDocument from 'pdfkit';
import type { Column, Layout, Pair, Table } from '../../domain/layout.js';

/** A4 in points, and the places on it. Source: ISO 216; 1 point = 1/72 inch. */
const page = { width: 595.28, height: 841.89, left: 50, right: 50, top: 50, bottom: 60 };
const width = page.width - page.left - page.right;
const lowest = page.height - page.bottom;
const font = { plain: 'Helvetica', strong: 'Helvetica-Bold' };
const size = { title: 20, text: 9.5, small: 8 };
const colour = { text: '#1b1f24', quiet: '#68707a', rule: '#d5d9de' };
const gap = 6;

type Pen = { readonly doc: PDFKit.PDFDocument; y: number };

/** Draws a layout as PDF 1.7. The same layout gives the same bytes: nothing in the file comes from a clock or from chance. */
export function draw(layout: Layout): Promise<Uint8Array> {
  const createdAt = new Date(layout.createdAt);
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: 0, bottom: 0, left: 0, right: 0 },
    bufferPages: true,
    lang: layout.locale,
    pdfVersion: '1.7',
    displayTitle: true,
    info: {
      Title: `${layout.title} ${layout.number}`,
      Author: layout.seller[0] ?? '',
      Creator: 'Tandem',
      Producer: 'Tandem',
      CreationDate: createdAt,
      ModDate: createdAt,
    },
  });
  const bytes = collected(doc);
  const pen: Pen = { doc, y: page.top };
  head(pen, layout);
  table(pen, layout.lines);
  totals(pen, layout);
  if (layout.taxes) table(pen, layout.taxes, { space: 24, share: 0.7 });
  for (const note of layout.notes) paragraph(pen, note);
  footers(doc, layout);
  doc.end();
  return bytes;
}

function collected(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
}

function head(pen: Pen, { seller, to, facts, title }: Layout): void {
  const { doc } = pen;
  const half = width / 2 - 10;
  const right = page.left + width / 2 + 10;
  const [name = '', ...rest] = seller;
  write(doc, name, { x: page.left, y: pen.y, width: half, isStrong: true, size: 12 });
  const sellerEnd = block(doc, rest, { x: right, y: pen.y, width: half, isQuiet: true, align: 'right' });
  pen.y = Math.max(sellerEnd, pen.y + 20) + 26;
  write(doc, to.label, { x: page.left, y: pen.y, width: half, isQuiet: true, size: size.small });
  const toEnd = block(doc, to.lines, { x: page.left, y: pen.y + 13, width: half });
  let factsEnd = pen.y + 13;
  for (const fact of facts) factsEnd = pairAt(doc, fact, { x: right, y: factsEnd, width: half });
  pen.y = Math.max(toEnd, factsEnd) + 28;
  write(doc, title, { x: page.left, y: pen.y, width, isStrong: true, size: size.title });
  pen.y += 34;
}

type Placing = { readonly space?: number; /** Of the width. */ readonly share?: number };

/** Rows that do not fit go on over the page, under the titles of the columns once more. */
function table(pen: Pen, { columns, rows }: Table, { space = 0, share = 1 }: Placing = {}): void {
  const places = placesOf(columns, share);
  pen.y += space;
  if (pen.y + 60 > lowest) turn(pen);
  titlesOf(pen, columns, places);
  for (const row of rows) {
    const cells = row.map((text, index) => cellOf(text, columns[index], places[index]));
    const height = Math.max(...cells.map((cell) => heightOf(pen.doc, cell))) + gap;
    if (pen.y + height > lowest) {
      turn(pen);
      titlesOf(pen, columns, places);
    }
    for (const cell of cells) drawCell(pen, cell);
    pen.y += height;
    rule(
      pen,
      places.reduce((sum, place) => sum + place.width, 0),
    );
  }
}

type Place = { readonly x: number; readonly width: number };
type Cell = Place & { readonly text: string; readonly below: string; readonly align: 'left' | 'right' };

function placesOf(columns: readonly Column[], share: number): readonly Place[] {
  let x = page.left;
  return columns.map((column) => {
    const place = { x, width: width * share * column.share };
    x += place.width;
    return place;
  });
}

function cellOf(text: string, column: Column | undefined, place: Place | undefined): Cell {
  const [first = '', below = ''] = text.split('\n');
  return { x: place?.x ?? page.left, width: (place?.width ?? width) - gap, text: first, below, align: column?.isNumber ? 'right' : 'left' };
}

function heightOf(doc: PDFKit.PDFDocument, { text, below, width: room }: Cell): number {
  const first = doc
    .font(font.plain)
    .fontSize(size.text)
    .heightOfString(text || ' ', { width: room });
  return below === '' ? first : first + doc.fontSize(size.small).heightOfString(below, { width: room });
}

function drawCell({ doc, y }: Pen, { text, below, x, width: room, align }: Cell): void {
  write(doc, text, { x, y, width: room, align });
  if (below === '') return;
  const lower =
    y +
    doc
      .font(font.plain)
      .fontSize(size.text)
      .heightOfString(text || ' ', { width: room });
  write(doc, below, { x, y: lower, width: room, align, isQuiet: true, size: size.small });
}

function titlesOf(pen: Pen, columns: readonly Column[], places: readonly Place[]): void {
  columns.forEach((column, index) => {
    const { x, width: room, align } = cellOf('', column, places[index]);
    write(pen.doc, column.title, { x, y: pen.y, width: room, align, isQuiet: true, size: size.small });
  });
  pen.y += 14;
  rule(
    pen,
    places.reduce((sum, place) => sum + place.width, 0),
  );
}

function totals(pen: Pen, layout: Layout): void {
  const pairs = [
    ...layout.totals.map((pair) => ({ pair, isStrong: false })),
    ...(layout.total ? [{ pair: layout.total, isStrong: true }] : []),
  ];
  pen.y += 8;
  if (pen.y + pairs.length * 18 > lowest) turn(pen);
  for (const { pair, isStrong } of pairs)
    pen.y = pairAt(pen.doc, pair, { x: page.left + width * 0.5, y: pen.y, width: width * 0.5 - gap, isStrong }) + 3;
}

function paragraph(pen: Pen, text: string): void {
  pen.y += 18;
  const height = pen.doc.font(font.plain).fontSize(size.text).heightOfString(text, { width });
  if (pen.y + height > lowest) turn(pen);
  write(pen.doc, text, { x: page.left, y: pen.y, width, isQuiet: true });
  pen.y += height;
}

function footers(doc: PDFKit.PDFDocument, { pageLabel, title, number }: Layout): void {
  const { count } = doc.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    doc.switchToPage(index);
    const y = page.height - 36;
    write(doc, `${title} ${number}`, { x: page.left, y, width: width / 2, isQuiet: true, size: size.small });
    write(doc, pageLabel.replace('{page}', String(index + 1)).replace('{pages}', String(count)), {
      x: page.left + width / 2,
      y,
      width: width / 2,
      isQuiet: true,
      size: size.small,
      align: 'right',
    });
  }
}

function turn(pen: Pen): void {
  pen.doc.addPage();
  pen.y = page.top;
}

function rule(pen: Pen, length: number): void {
  pen.doc
    .moveTo(page.left, pen.y - 2)
    .lineTo(page.left + length, pen.y - 2)
    .lineWidth(0.5)
    .stroke(colour.rule);
  pen.y += 4;
}

type Writing = Place & {
  readonly y: number;
  readonly align?: 'left' | 'right';
  readonly isStrong?: boolean;
  readonly isQuiet?: boolean;
  readonly size?: number;
};

function write(
  doc: PDFKit.PDFDocument,
  text: string,
  { x, y, width: room, align = 'left', isStrong = false, isQuiet = false, size: points = size.text }: Writing,
): void {
  doc
    .font(isStrong ? font.strong : font.plain)
    .fontSize(points)
    .fillColor(isQuiet ? colour.quiet : colour.text)
    .text(text, x, y, { width: room, align, lineGap: 0 });
}

/** Lines below each other; answers where they end. */
function block(doc: PDFKit.PDFDocument, lines: readonly string[], at: Writing): number {
  return lines.reduce((y, line) => {
    write(doc, line, { ...at, y });
    return y + doc.heightOfString(line || ' ', { width: at.width }) + 2;
  }, at.y);
}

function pairAt(doc: PDFKit.PDFDocument, { label, value }: Pair, at: Writing): number {
  const points = at.isStrong ? 11 : size.text;
  write(doc, label, { ...at, width: at.width * 0.45, isQuiet: !at.isStrong, size: points });
  write(doc, value, { ...at, x: at.x + at.width * 0.45, width: at.width * 0.55, align: 'right', size: points });
  return at.y + doc.heightOfString(value || ' ', { width: at.width * 0.55 }) + 2;
}
