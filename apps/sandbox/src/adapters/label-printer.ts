import { code128 } from '../domain/code-128.js';
import { type LabelFacts, type LabelSheet, sheetsOf } from '../domain/label-sheet.js';

/** 4 by 6 inches, what label printers take, in points (1/72 inch). */
const page = { width: 288, height: 432, margin: 18 };
const width = page.width - 2 * page.margin;
/** Free modules on either side of a bar code, and its narrowest bar in points: 0.19 mm. Source: ISO/IEC 15417, 4.4. */
const quiet = 10;
const narrowest = 0.54;

/** Draws a label as PDF, a page for every parcel. The same label gives the same bytes: nothing in the file comes from a clock or from chance. */
export async function printLabel(facts: LabelFacts): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit'); // 20 MB that only who prints needs
  const doc = new PDFDocument({
    size: [page.width, page.height],
    margins: { top: 0, bottom: 0, left: 0, right: 0 },
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: 'en',
    displayTitle: true,
    info: {
      Title: `Label ${facts.trackingCode}`,
      Author: 'Sandbox Carrier',
      Creator: 'Sandbox',
      Producer: 'Sandbox',
      CreationDate: facts.createdAt,
      ModDate: facts.createdAt,
    },
  });
  const bytes = collected(doc);
  for (const sheet of sheetsOf(facts)) drawSheet(doc.addPage(), sheet);
  doc.end();
  return bytes;
}

function collected(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject);
  });
}

function drawSheet(doc: PDFKit.PDFDocument, { service, to, parcel, weight, reference, trackingCode }: LabelSheet): void {
  write(doc, 'SANDBOX CARRIER · NOT FOR REAL POST', { y: 16, size: 8 });
  write(doc, service, { y: 28, size: 26, isStrong: true });
  rule(doc, 64);
  write(doc, 'SHIP TO', { y: 72, size: 8 });
  to.slice(0, 7).forEach((line, index) => write(doc, line, { y: 86 + index * 20, size: 13, isStrong: index === 0 }));
  rule(doc, 232);
  [
    ['PARCEL', parcel],
    ['WEIGHT', weight],
    ['ORDER', reference],
  ].forEach(([label = '', value = ''], index) => {
    write(doc, label, { y: 240 + index * 16, size: 8 });
    write(doc, value, { y: 238 + index * 16, size: index < 2 ? 12 : 9, isStrong: index < 2, x: page.margin + 52 });
  });
  rule(doc, 292);
  drawBars(doc, trackingCode, { y: 308, height: 84 });
  write(doc, trackingCode, { y: 400, size: 11, isStrong: true, align: 'center' });
}

type Writing = {
  readonly y: number;
  readonly size: number;
  readonly x?: number;
  readonly isStrong?: boolean;
  readonly align?: 'left' | 'center';
};

function write(doc: PDFKit.PDFDocument, text: string, { y, size, x = page.margin, isStrong = false, align = 'left' }: Writing): void {
  const room = page.width - page.margin - x;
  doc
    .font(isStrong ? 'Helvetica-Bold' : 'Helvetica')
    .fillColor('black')
    .fontSize(size);
  const fitting = Math.min(size, (size * room) / Math.max(1, doc.widthOfString(text)));
  doc.fontSize(fitting).text(text, x, y, { width: room + 1, align, lineBreak: false });
}

function rule(doc: PDFKit.PDFDocument, y: number): void {
  doc
    .moveTo(page.margin, y)
    .lineTo(page.margin + width, y)
    .lineWidth(1)
    .stroke('black');
}

/** As filled rectangles, so that a printer of any resolution draws them sharp. A code that does not fit is left to be typed. */
function drawBars(doc: PDFKit.PDFDocument, text: string, { y, height }: { readonly y: number; readonly height: number }): void {
  const widths = code128(text) ?? [];
  const modules = widths.reduce((sum, each) => sum + each, 2 * quiet);
  const module = Math.min(1.5, page.width / modules);
  if (widths.length === 0 || module < narrowest) return;
  let x = (page.width - (modules - 2 * quiet) * module) / 2;
  widths.forEach((each, index) => {
    if (index % 2 === 0) doc.rect(x, y, each * module, height);
    x += each * module;
  });
  doc.fill('black');
}
