import type { Column, Layout, Pair, Table } from '../../domain/layout.js';
import { openSheet, type Sheet, type Writing as Written } from './sheet.js';

/** A4 in points, and the places on it. Source: ISO 216; 1 point = 1/72 inch. */
const page = { width: 595.28, height: 841.89, left: 50, right: 50, top: 50, bottom: 60 };
const width = page.width - page.left - page.right;
const lowest = page.height - page.bottom;
const size = { title: 20, text: 9.5, small: 8 };
const colour = { text: [0x1b, 0x1f, 0x24], quiet: [0x68, 0x70, 0x7a], rule: [0xd5, 0xd9, 0xde] } as const;
const gap = 6;

type Pen = { readonly sheet: Sheet; y: number };

/** Draws a layout as PDF 1.7. The same layout gives the same bytes: nothing in the file comes from a clock or from chance. */
export function draw(layout: Layout): Uint8Array {
  const { locale, title, number, seller, createdAt } = layout;
  const sheet = openSheet({ width: page.width, height: page.height, lang: locale, title: `${title} ${number}`, author: seller[0] ?? '', createdAt: new Date(createdAt), ruleColour: colour.rule });
  const pen: Pen = { sheet, y: page.top };
  head(pen, layout);
  table(pen, layout.lines);
  totals(pen, layout);
  if (layout.taxes) table(pen, layout.taxes, { space: 24, share: 0.7 });
  for (const note of layout.notes) paragraph(pen, note);
  footers(sheet, layout);
  return sheet.bytes();
}

function head(pen: Pen, { seller, to, facts, title }: Layout): void {
  const { sheet } = pen;
  const half = width / 2 - 10;
  const right = page.left + width / 2 + 10;
  const [name = '', ...rest] = seller;
  write(sheet, name, { x: page.left, y: pen.y, width: half, isStrong: true, size: 12 });
  const sellerEnd = block(sheet, rest, { x: right, y: pen.y, width: half, isQuiet: true, align: 'right' });
  pen.y = Math.max(sellerEnd, pen.y + 20) + 26;
  write(sheet, to.label, { x: page.left, y: pen.y, width: half, isQuiet: true, size: size.small });
  const toEnd = block(sheet, to.lines, { x: page.left, y: pen.y + 13, width: half });
  let factsEnd = pen.y + 13;
  for (const fact of facts) factsEnd = pairAt(sheet, fact, { x: right, y: factsEnd, width: half });
  pen.y = Math.max(toEnd, factsEnd) + 28;
  write(sheet, title, { x: page.left, y: pen.y, width, isStrong: true, size: size.title });
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
    const height = Math.max(...cells.map((cell) => heightOf(pen.sheet, cell))) + gap;
    if (pen.y + height > lowest) {
      turn(pen);
      titlesOf(pen, columns, places);
    }
    for (const cell of cells) drawCell(pen, cell);
    pen.y += height;
    rule(pen, places.reduce((sum, place) => sum + place.width, 0));
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

function heightOf(sheet: Sheet, cell: Cell): number {
  const first = firstHeight(sheet, cell);
  return cell.below === '' ? first : first + sheet.heightOf(cell.below, { width: cell.width, size: size.small });
}

const firstHeight = (sheet: Sheet, { text, width: room }: Cell): number => sheet.heightOf(text, { width: room, size: size.text });

function drawCell({ sheet, y }: Pen, cell: Cell): void {
  const { text, below, x, width: room, align } = cell;
  write(sheet, text, { x, y, width: room, align });
  if (below !== '') write(sheet, below, { x, y: y + firstHeight(sheet, cell), width: room, align, isQuiet: true, size: size.small });
}

function titlesOf(pen: Pen, columns: readonly Column[], places: readonly Place[]): void {
  columns.forEach((column, index) => {
    const { x, width: room, align } = cellOf('', column, places[index]);
    write(pen.sheet, column.title, { x, y: pen.y, width: room, align, isQuiet: true, size: size.small });
  });
  pen.y += 14;
  rule(pen, places.reduce((sum, place) => sum + place.width, 0));
}

function totals(pen: Pen, layout: Layout): void {
  const pairs = [...layout.totals.map((pair) => ({ pair, isStrong: false })), ...(layout.total ? [{ pair: layout.total, isStrong: true }] : [])];
  pen.y += 8;
  if (pen.y + pairs.length * 18 > lowest) turn(pen);
  for (const { pair, isStrong } of pairs) pen.y = pairAt(pen.sheet, pair, { x: page.left + width * 0.5, y: pen.y, width: width * 0.5 - gap, isStrong }) + 3;
}

function paragraph(pen: Pen, text: string): void {
  pen.y += 18;
  const height = pen.sheet.heightOf(text, { width, size: size.text });
  if (pen.y + height > lowest) turn(pen);
  write(pen.sheet, text, { x: page.left, y: pen.y, width, isQuiet: true });
  pen.y += height;
}

function footers(sheet: Sheet, { pageLabel, title, number }: Layout): void {
  sheet.onEach((count, of) => {
    const place = { y: page.height - 36, width: width / 2, isQuiet: true, size: size.small };
    write(sheet, `${title} ${number}`, { ...place, x: page.left });
    write(sheet, pageLabel.replace('{page}', String(count)).replace('{pages}', String(of)), { ...place, x: page.left + width / 2, align: 'right' });
  });
}

function turn(pen: Pen): void {
  pen.sheet.turn();
  pen.y = page.top;
}

function rule(pen: Pen, length: number): void {
  pen.sheet.rule({ x: page.left, y: pen.y - 2 }, length);
  pen.y += 4;
}

type Writing = Omit<Written, 'size' | 'colour'> & { readonly isQuiet?: boolean; readonly size?: number };

function write(sheet: Sheet, text: string, { isQuiet = false, size: points = size.text, ...at }: Writing): void {
  sheet.write(text, { ...at, size: points, colour: isQuiet ? colour.quiet : colour.text });
}

/** Lines below each other; answers where they end. */
function block(sheet: Sheet, lines: readonly string[], at: Writing): number {
  return lines.reduce((y, line) => {
    write(sheet, line, { ...at, y });
    return y + sheet.heightOf(line, { width: at.width, size: size.text }) + 2;
  }, at.y);
}

function pairAt(sheet: Sheet, { label, value }: Pair, at: Writing): number {
  const points = at.isStrong ? 11 : size.text;
  write(sheet, label, { ...at, width: at.width * 0.45, isQuiet: !at.isStrong, size: points });
  const place = { ...at, x: at.x + at.width * 0.45, width: at.width * 0.55, size: points };
  write(sheet, value, { ...place, align: 'right' });
  return at.y + sheet.heightOf(value, place) + 2;
}
