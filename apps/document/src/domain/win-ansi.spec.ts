import { printable } from './win-ansi.js';

describe('printable text', () => {
  it.each([
    ['Größe, déjà vu, Œuvre, 5 €, „so“, l’été – ça', 'Größe, déjà vu, Œuvre, 5 €, „so“, l’été – ça'],
    ['Łódź, Đorđe, Şişli, Dvořák, Ångström, İstanbul', 'Lódz, Dorde, Sisli, Dvorák, Ångström, Istanbul'],
    ['e\u0301 stays é', 'é stays é'],
    ['1\u202f234,50\u00a0€', '1\u00a0234,50\u00a0€'],
    ['日本 Привет 🎁', '?? ?????? ?'],
    ['a\u200bb\u0000c\td', 'a b c d'],
    ['ﬁn ①', 'fin 1'],
  ])('of %j is %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});
