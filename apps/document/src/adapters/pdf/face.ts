import helvetica from 'pdfkit/standard-fonts/Helvetica';
import helveticaBold from 'pdfkit/standard-fonts/HelveticaBold';
import { codeAt, codesOfGlyph } from './glyphs.js';

/** A standard font of PDF, measured once: every viewer has it, so that no document carries it. Measures are in thousandths of its size. */
export type Face = {
  /** Its name in the file. */
  readonly name: string;
  readonly ascender: number;
  /** From line to line. */
  readonly lineHeight: number;
  widthOf(text: string): number;
  /** The operand of `TJ`: codes in hex, and what moves their pairs together. Source: PDF 32000-1, 9.4.3. */
  shown(text: string): string;
};

export const plain: Face = faceOf(helvetica);
export const strong: Face = faceOf(helveticaBold);

function faceOf({ name, ascender, bbox, ...metrics }: typeof helvetica): Face {
  const widths = widthsOf(metrics);
  const kerns = kernsOf(metrics);
  return {
    name,
    ascender,
    lineHeight: bbox[3] - bbox[1],
    widthOf: (text) => {
      let [width, left] = [0, 0];
      for (let index = 0; index < text.length; index += 1) {
        const code = codeAt(text, index);
        width += (kerns[left * 256 + code] ?? 0) + (widths[code] ?? 0);
        left = code;
      }
      return width;
    },
    shown: (text) => {
      let [operand, left] = ['[<', 0];
      for (let index = 0; index < text.length; index += 1) {
        const code = codeAt(text, index);
        const moved = kerns[left * 256 + code] ?? 0;
        operand += moved === 0 ? code.toString(16) : `> ${-moved} <${code.toString(16)}`;
        left = code;
      }
      return `${operand}>]`;
    },
  };
}

function widthsOf({ glyphNames, glyphWidths }: Pick<typeof helvetica, 'glyphNames' | 'glyphWidths'>): Int16Array {
  const widths = new Int16Array(256);
  glyphNames.split(' ').forEach((glyph, index) => codesOfGlyph(glyph).forEach((code) => (widths[code] = glyphWidths[index] ?? 0)));
  return widths;
}

/** At `left code * 256 + right code`: a table, since every letter of every text looks here. */
function kernsOf({ glyphNames, kernPairs }: Pick<typeof helvetica, 'glyphNames' | 'kernPairs'>): Int16Array {
  const codes = glyphNames.split(' ').map(codesOfGlyph);
  const kerns = new Int16Array(256 * 256);
  for (let index = 0; index + 1 < kernPairs.length; index += 2) {
    const [moved, distances] = [kernPairs[index], kernPairs[index + 1]];
    if (typeof moved !== 'number' || typeof distances !== 'object') throw new TypeError(`the pairs of a font's metrics are not as they were, at ${index}`);
    let pair = 0;
    for (const distance of distances) {
      pair += distance;
      for (const left of codes[Math.floor(pair / codes.length)] ?? []) for (const right of codes[pair % codes.length] ?? []) kerns[left * 256 + right] = moved;
    }
  }
  return kerns;
}
