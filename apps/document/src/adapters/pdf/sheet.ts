import { type Face, plain, strong } from './face.js';
import { linesOf } from './lines-of.js';
import { type FileFacts, pdfFile } from './pdf-file.js';

/** Red, green, blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A text in a place: `y` is its upper edge, measured from the top of the page; it wraps within `width`. All in points. */
export type Writing = { readonly x: number; readonly y: number; readonly width: number; readonly size: number; readonly colour: Colour; readonly align?: 'left' | 'right'; readonly isStrong?: boolean };
type Measuring = Pick<Writing, 'width' | 'size' | 'isStrong'>;

/** Pages that are drawn on from the top down; the last one is under the hand. */
export type Sheet = {
  turn(): void;
  write(text: string, writing: Writing): void;
  heightOf(text: string, measuring: Measuring): number;
  rule(from: { readonly x: number; readonly y: number }, length: number): void;
  /** Goes over all pages once more, the first is 1. */
  onEach(draw: (page: number, pages: number) => void): void;
  bytes(): Uint8Array;
};

export type SheetOptions = FileFacts & { readonly ruleColour: Colour };

export function openSheet({ ruleColour, ...facts }: SheetOptions): Sheet {
  const start = `${operands(ruleColour)} RG 0.5 w\n`;
  const pages: string[] = [start];
  let current = 0;
  const put = (operators: string): void => void (pages[current] += operators);
  return {
    turn: () => void (current = pages.push(start) - 1),
    write: (text, { x, y, width, size, colour, align = 'left', isStrong = false }) => {
      if (text === '') return;
      const face = faceOf(isStrong);
      put(`${operands(colour)} rg BT /${isStrong ? 'F2' : 'F1'} ${size} Tf\n`);
      linesOf(face, text, roomOf(width, size)).forEach((line, index) => {
        const left = align === 'left' ? x : x + width - (face.widthOf(line) * size) / 1_000;
        const base = facts.height - y - ((face.ascender + index * face.lineHeight) * size) / 1_000;
        put(`1 0 0 1 ${rounded(left)} ${rounded(base)} Tm ${face.shown(line)} TJ\n`);
      });
      put('ET\n');
    },
    heightOf: (text, { width, size, isStrong = false }) => {
      const face = faceOf(isStrong);
      return (linesOf(face, text, roomOf(width, size)).length * face.lineHeight * size) / 1_000;
    },
    rule: ({ x, y }, length) => {
      const height = rounded(facts.height - y);
      put(`${rounded(x)} ${height} m ${rounded(x + length)} ${height} l S\n`);
    },
    onEach: (draw) => {
      for (current = 0; current < pages.length; current += 1) draw(current + 1, pages.length);
      current = pages.length - 1;
    },
    bytes: () => pdfFile(pages, facts),
  };
}

const faceOf = (isStrong: boolean): Face => (isStrong ? strong : plain);
const roomOf = (width: number, size: number): number => (width * 1_000) / size;
const rounded = (points: number): number => Math.round(points * 1_000) / 1_000;
const operands = (colour: Colour): string => colour.map((part) => rounded(part / 255)).join(' ');
