import { describe, expect, it } from '@jest/globals';
import { lineTitle, slugOf } from './product.js';

describe('the slug of a title', () => {
  it('is its words in lower case, without accents and apostrophes', () => {
    expect(['Chef’s knife', 'Crème brûlée set (4 pcs)', '  --  ', '茶碗', 'a'.repeat(79) + ' bc'].map(slugOf)).toEqual([
      'chefs-knife',
      'creme-brulee-set-4-pcs',
      '',
      '',
      'a'.repeat(79),
    ]);
  });
});

describe('the title of a line', () => {
  it('names the variant only where there are several', () => {
    expect([lineTitle('Teapot', '0.8 l', true), lineTitle('Teapot', '0.8 l', false)]).toEqual(['Teapot', 'Teapot, 0.8 l']);
  });
});
