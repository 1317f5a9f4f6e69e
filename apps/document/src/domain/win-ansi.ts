/**
 * Characters beyond Latin-1 that the standard fonts of PDF have. Source: PDF 32000-1, annex D.2, WinAnsiEncoding.
 */
const beyondLatin1 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/** Letters that do not fall apart into a base letter and accents. */
const spelled: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  ı: 'i',
  ẞ: 'SS',
  Ŋ: 'NG',
  ŋ: 'ng',
  Ŧ: 'T',
  ŧ: 't',
  ĸ: 'k',
  ŉ: "'n",
  ſ: 's',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '–',
  '\u2015': '—',
  '\u2212': '–',
  '\u2032': "'",
  '\u2033': '"',
};

/** Spaces a language puts into numbers, and what cannot be seen. */
const spaces = /[\u2000-\u200a\u202f\u205f\u3000]/gu;
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/gu;

/** Letters of Latin-1 that can be seen. */
const plainLatin = /^[\x20-\x7e\xa0-\xac\xae-\xff]*$/;

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || beyondLatin1.includes(character);
}

/**
 * The text in characters that the standard fonts have. Letters of other Latin alphabets lose their accents (`Łódź` → `Lódz`); a character of any
 * other script becomes `?`, so that a reader sees that something is missing.
 */
export function printable(text: string): string {
  if (plainLatin.test(text)) return text; // nearly every text, and it stays as it is
  return [...text.normalize('NFC').replace(spaces, '\u00a0').replace(unseen, ' ')].map(printableCharacter).join('');
}

function printableCharacter(character: string): string {
  if (isPrintable(character)) return character;
  const known = spelled[character];
  if (known !== undefined) return known;
  const bare = character.normalize('NFKD').replace(/\p{M}/gu, '');
  return bare !== '' && [...bare].every(isPrintable) ? bare : /^\p{M}$/u.test(character) ? '' : '?';
}
