import { deflateSync } from 'node:zlib';
import { plain, strong } from './face.js';

/** What stands in the file beside its pages. */
export type FileFacts = { readonly title: string; readonly author: string; readonly createdAt: Date; readonly lang: string; readonly width: number; readonly height: number };

/** Objects that are the same in every file; pages and their contents follow. */
const [catalog, tree, plainFont, strongFont, info, firstPage] = [1, 2, 3, 4, 5, 6];

/**
 * A PDF 1.7 of pages, each given by its operators, with two fonts `/F1` and `/F2`; ends in one table of objects. The same pages give the same
 * bytes. Source: PDF 32000-1, 7.5 (file structure), 7.7 (document structure), 9.6.2.2 (standard fonts).
 */
export function pdfFile(contents: readonly string[], facts: FileFacts): Uint8Array {
  const objects = [...frameOf(contents.length, facts), ...contents.flatMap((content, index) => pageOf(content, { at: firstPage + 2 * index, facts }))];
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xff\xff\xff\xff\n', 'latin1')];
  let length = parts[0]?.length ?? 0;
  const offsets: number[] = [];
  objects.forEach((object, index) => {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    offsets.push(length);
    length += part.length;
    parts.push(part);
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R >>\nstartxref\n${length}\n%%EOF\n`));
  return Buffer.concat(parts);
}

function frameOf(pages: number, { title, author, createdAt, lang }: FileFacts): readonly Buffer[] {
  const kids = Array.from({ length: pages }, (_, index) => `${firstPage + 2 * index} 0 R`).join(' ');
  const font = (name: string): string => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const date = `(D:${createdAt.toISOString().replace(/\D/g, '').slice(0, 14)}Z)`;
  return [
    `<< /Type /Catalog /Pages ${tree} 0 R /Lang (${lang}) /ViewerPreferences << /DisplayDocTitle true >> >>`,
    `<< /Type /Pages /Count ${pages} /Kids [${kids}] >>`,
    font(plain.name), font(strong.name),
    `<< /Title ${textString(title)} /Author ${textString(author)} /Creator (Tandem) /Producer (Tandem) /CreationDate ${date} /ModDate ${date} >>`,
  ].map((text) => Buffer.from(text));
}

/** Page and content. */
function pageOf(content: string, { at, facts }: { readonly at: number; readonly facts: FileFacts }): readonly Buffer[] {
  const packed = deflateSync(content, { level: 3 });
  const resources = `<< /Font << /F1 ${plainFont} 0 R /F2 ${strongFont} 0 R >> >>`;
  return [
    Buffer.from(`<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${facts.width} ${facts.height}] /Contents ${at + 1} 0 R /Resources ${resources} >>`),
    Buffer.concat([Buffer.from(`<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`), packed, Buffer.from('\nendstream')]),
  ];
}

/** In UTF-16, which has every letter. Source: PDF 32000-1, 7.9.2.2. */
function textString(text: string): string {
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
}
