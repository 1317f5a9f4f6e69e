import { Refusal } from '@tandem/host';
import { renderProblem } from './problem.js';

const detailOf = (refusal: Refusal) => renderProblem(refusal, 'request-1').body['detail'];

describe('a refusal', () => {
  it('whose service says nothing more than its code says what to do', () => {
    const lines = [{ lineId: 'line_1', variantId: 'var_1', requested: 2, available: 1 }];
    expect(detailOf(new Refusal('checkout-in-progress', { retryAfterSeconds: 1 }))).toMatch(/send the same request with the same key/);
    expect(detailOf(new Refusal('order-not-cancellable'))).toMatch(/ends by itself/);
    expect(detailOf(new Refusal('out-of-stock', { extensions: { lines } }))).toMatch(/lower their quantity or remove them/);
    expect(detailOf(new Refusal('seats-taken', { extensions: { lines } }))).toMatch(/pick others/);
  });

  it('that names no lines says nothing of lines', () => {
    expect(detailOf(new Refusal('out-of-stock', { extensions: { lines: [] } }))).toBeUndefined();
  });

  it('keeps the words of a service that has some', () => {
    expect(detailOf(new Refusal('out-of-stock', { detail: '3 can be bought', extensions: { available: 3 } }))).toBe('3 can be bought');
  });
});
