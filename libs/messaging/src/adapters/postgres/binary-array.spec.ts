import { describe, expect, it } from '@jest/globals';
import { intArray, textArray } from './binary-array.js';

describe('binary arrays', () => {
  it('are empty without a dimension', () => {
    expect([intArray([]).toString('hex'), textArray([]).toString('hex')]).toEqual(['000000000000000100000017', '000000000000000100000019']);
  });

  it('carry numbers, and texts with NULL as length -1', () => {
    expect(intArray([1, -2]).toString('hex')).toEqual('0000000100000001000000170000000200000001' + '0000000400000001' + '00000004fffffffe');
    expect(textArray(['é', null, '']).toString('hex')).toEqual(
      '0000000100000001000000190000000300000001' + '00000002c3a9' + 'ffffffff' + '00000000',
    );
  });
});
