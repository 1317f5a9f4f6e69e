import { placeOf, recipeOf, renditionsFor } from './picture.js';

const widthsFor = (width: number) => [...new Set(renditionsFor(width).map((rendition) => rendition.width))];

describe('the renditions of a picture', () => {
  it('come in four widths and three formats, the cheapest first', () => {
    expect(widthsFor(4_000)).toEqual([320, 640, 1_280, 1_920]);
    expect(renditionsFor(4_000).slice(0, 3)).toEqual([
      { width: 320, format: 'jpeg' },
      { width: 320, format: 'webp' },
      { width: 320, format: 'avif' },
    ]);
    expect(renditionsFor(4_000)).toHaveLength(12);
  });

  it.each([
    [1, [1]],
    [319, [319]],
    [320, [320]],
    [321, [320, 321]],
    [1_000, [320, 640, 1_000]],
    [1_920, [320, 640, 1_280, 1_920]],
    [1_921, [320, 640, 1_280, 1_920]],
  ])('never enlarge one of %d pixels', (width, widths) => {
    expect(widthsFor(width)).toEqual(widths);
  });

  it('always lie in the same place', () => {
    expect(placeOf('0192-a', { width: 640, format: 'webp' })).toEqual(['pictures', '0192-a', '1-640.webp']);
    expect([recipeOf('pictures/0192-a/1-640.webp'), recipeOf('pictures/0192-a/12-640.webp')]).toEqual([1, 12]);
  });
});
