import { Readable } from 'node:stream';
import { parts } from './parts.js';

const sizesOf = async (...chunks: readonly number[]) => {
  const sizes: number[] = [];
  for await (const part of parts(Readable.from(chunks.map((size) => Buffer.alloc(size))), 10)) sizes.push(part.length);
  return sizes;
};

describe('parts', () => {
  it.each([
    [[], []],
    [[0], []],
    [[3], [3]],
    [[10], [10]],
    [
      [3, 3, 3, 3],
      [10, 2],
    ],
    [[35], [10, 10, 10, 5]],
    [
      [9, 1, 20],
      [10, 10, 10],
    ],
  ])('of chunks of %j are %j', async (chunks, expected) => {
    expect(await sizesOf(...chunks)).toEqual(expected);
  });

  it('hold the same bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 101 }, (_, index) => index));
    const got: Buffer[] = [];
    for await (const part of parts(Readable.from([bytes.subarray(0, 33), bytes.subarray(33)]), 8)) got.push(part);
    expect(Buffer.concat(got)).toEqual(bytes);
  });
});
