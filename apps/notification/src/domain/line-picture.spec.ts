import { pictureOf } from './line-picture.js';

const size = { width: 320, height: 213 };
const shown = (url: string, more: object = {}) => pictureOf('https://shop.example', { url, ...size, ...more });

describe('the picture of a line', () => {
  it('has an absolute address, and fits into 56 pixels a side', () => {
    expect(shown('/v1/media/med_01h455vb4pex5vsknk084sn02q/1-320.jpeg')).toEqual([
      { url: 'https://shop.example/v1/media/med_01h455vb4pex5vsknk084sn02q/1-320.jpeg', width: '56', height: '37' },
    ]);
    expect(shown('/images/1f4e6.webp', { width: 1, height: 1_000 })).toEqual([
      { url: 'https://shop.example/images/1f4e6.webp', width: '1', height: '56' },
    ]);
  });

  it('is none where the order has none, as orders of before', () => {
    expect(pictureOf('https://shop.example', undefined)).toEqual([]);
  });

  it.each([
    '@elsewhere.example/images/a.jpeg',
    '//elsewhere.example/a.jpeg',
    'https://elsewhere.example/images/a.jpeg',
    'javascript:alert(1)',
    '/images/../v1/orders/a.jpeg',
    '/v1/unsubscribe/1.jpeg',
    '/images/a.jpeg" onerror="alert(1)',
    '/images/a.jpeg?to=elsewhere',
    '/images/a.jpeg\n',
    '/images/a.svg',
  ])('is none for what is no picture of the shop: %j', (url) => {
    expect(shown(url)).toEqual([]);
  });
});
