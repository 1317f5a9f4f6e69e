import { describe, expect, it } from '@jest/globals';
import { misfits } from './api-versions.js';

const like = (min: number, max: number) =>
  new Map([0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 42].map((key) => [key, { min, max }]));

describe('what a broker lacks', () => {
  it('is nothing when every version lies in its range', () => {
    expect(misfits(like(0, 12))).toEqual([]);
  });

  it('is named when the broker’s minimum has risen past ours', () => {
    expect(misfits(like(0, 12).set(0, { min: 8, max: 14 }))).toEqual(['Produce v7 is outside of v8–v14']);
  });

  it('is named when a request is not served at all', () => {
    const ranges = like(0, 12);
    ranges.delete(42);
    expect(misfits(ranges)).toEqual(['DeleteGroups is not served']);
  });
});
