import type { Face } from './face.js';

/** Where a line may end: behind spaces (not those that hold numbers together), and behind a dash or slash before a letter. */
const opportunity = /(?<= )(?! )|(?<=[-–—/])(?=\p{L})/u;

/** The text in lines that are no wider than `room`, thousandths of the size; a word that is wider by itself is cut. At least one line. */
export function linesOf(face: Face, text: string, room: number): readonly string[] {
  if (face.widthOf(text) <= room) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(opportunity)) {
    if (fits(face, line + word, room)) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = piecesOf(face, word, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line].map((each) => each.trimEnd());
}

function fits(face: Face, line: string, room: number): boolean {
  return face.widthOf(line.trimEnd()) <= room;
}

/** A word in pieces that fit; most are one. */
function piecesOf(face: Face, word: string, room: number): readonly string[] {
  const pieces: string[] = [];
  let rest = word;
  while (!fits(face, rest, room) && rest.length > 1) {
    let length = Math.max(1, Math.min(rest.length - 1, Math.ceil((rest.length * room) / face.widthOf(rest))));
    while (length > 1 && face.widthOf(rest.slice(0, length)) > room) length -= 1;
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...pieces, rest];
}
