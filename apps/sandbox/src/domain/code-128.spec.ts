import { code128 } from './code-128.js';

const sum = (widths: readonly number[]) => widths.reduce((total, width) => total + width, 0);
/** Of every character that can be coded: its symbol, the second one. */
const symbolsOfAll = Array.from({ length: 95 }, (_, index) => code128(String.fromCharCode(32 + index))?.slice(6, 12) ?? []);

describe('a text as Code 128', () => {
  it('begins with the start of code set B and ends with check symbol and stop', () => {
    expect(code128('PJJ123C')?.join('')).toBe(
      ['211214', '313121', '112133', '112133', '123221', '223211', '221132', '131321', '311321', '2331112'].join(''),
    );
  });

  it('is made of symbols of eleven modules, of which the bars take an even number, no two alike', () => {
    expect(new Set(symbolsOfAll.map((symbol) => symbol.join(''))).size).toBe(95);
    expect(symbolsOfAll.map((symbol) => [sum(symbol), sum(symbol.filter((_, index) => index % 2 === 0)) % 2])).toEqual(
      symbolsOfAll.map(() => [11, 0]),
    );
  });

  it('is 35 modules longer than its characters', () => {
    expect(sum(code128('SBX0123456789ABCDEF') ?? [])).toBe(19 * 11 + 35);
  });

  it('is none when a character has no symbol', () => {
    expect(['', 'Ł', 'a\n'].map(code128)).toEqual([undefined, undefined, undefined]);
  });
});
