import { allPages } from './all-pages.js';

describe('a list that is told in pages', () => {
  it('is read to its end', async () => {
    const asked: string[] = [];
    const pages = [
      { data: [1, 2], nextCursor: 'a/b' },
      { data: [3], nextCursor: null },
    ];
    const ask = async (path: string) => pages[asked.push(path) - 1] ?? {};
    expect([await allPages(ask, '/list?limit=2'), asked]).toEqual([
      [1, 2, 3],
      ['/list?limit=2', '/list?limit=2&cursor=a%2Fb'],
    ]);
  });
});
