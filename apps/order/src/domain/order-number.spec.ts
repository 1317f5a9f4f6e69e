import { orderNumberFrom } from './order-number.js';

describe('an order number', () => {
  it('is eight characters that people do not mix up, every one as likely as the others', () => {
    expect(orderNumberFrom(Uint8Array.of(0, 31, 32, 255, 10, 18, 20, 27))).toBe('0Z0ZAJMV');
  });
});
