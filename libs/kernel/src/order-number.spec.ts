import { normalizeOrderNumber } from './order-number.js';

describe('the number of an order', () => {
  it('is read as it was meant', () => {
    expect(normalizeOrderNumber(' ol1i-0zab ')).toBe('0111-0ZAB');
  });
});
