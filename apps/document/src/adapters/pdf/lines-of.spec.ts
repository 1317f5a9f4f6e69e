import { plain, strong } from './face.js';
import { linesOf } from './lines-of.js';

const room = plain.widthOf('Porcelain plate');

describe('the width of a text', () => {
  it('is the sum of its letters, with pairs moved together, as the metrics of the font say', () => {
    // Helvetica.afm: A 667, V 667, KPX A V -70; Euro 556; Helvetica-Bold.afm: A 722.
    expect([plain.widthOf('A'), plain.widthOf('AV'), plain.widthOf('€'), strong.widthOf('A'), plain.widthOf('')]).toEqual([667, 1_264, 556, 722, 0]);
  });

  it('is shown with the same pairs moved', () => {
    expect([plain.shown('AV€'), plain.shown('é')]).toEqual(['[<41> 70 <5680>]', '[<e9>]']);
  });
});

describe('the lines of a text', () => {
  it.each([
    ['Porcelain', ['Porcelain']],
    ['Porcelain plate', ['Porcelain plate']],
    ['Porcelain plate, white', ['Porcelain', 'plate, white']],
    ['Porcelain plate and cup', ['Porcelain plate', 'and cup']],
    ['Tea-and-coffee-set', ['Tea-and-', 'coffee-set']],
    ['4711\u00a0pieces of\u00a0porcelain', ['4711\u00a0pieces', 'of\u00a0porcelain']],
    ['XXXXXXXXXXXXXXX', ['XXXXXXXXX', 'XXXXXX']],
    ['a XXXXXXXXXXXX b', ['a', 'XXXXXXXXX', 'XXX b']],
    ['', ['']],
  ])('of %j', (text, lines) => {
    expect(linesOf(plain, text, room)).toEqual(lines);
  });

  it('cut a word even where not one letter has room', () => {
    expect(linesOf(plain, 'WW', 1)).toEqual(['W', 'W']);
  });
});
