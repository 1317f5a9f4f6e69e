import { PeerUnavailable } from '@tandem/host';
import type { OnBehalf } from '../domain/ports.js';
import { listTariffsOf } from './tariffs.js';

const call: OnBehalf = { requestId: 'r1', deadline: undefined, traceparent: undefined };
const berlin = { currency: 'EUR', country: 'DE' } as const;

/** A shipping that charges what it is told to, or is away, and a clock that is set. */
function aShipping() {
  const state = { price: 490, isAway: false, nowMs: 0, timeouts: [] as (number | undefined)[] };
  const rates = (_: unknown, { timeoutMs }: { timeoutMs?: number } = {}) => {
    state.timeouts.push(timeoutMs);
    if (state.isAway) return Promise.reject(new PeerUnavailable('shipping', 14));
    const price = { amount: String(state.price), currency: 'EUR' };
    return Promise.resolve({
      rates: [{ id: 'standard', carrier: 'c', service: 's', minDays: 1, maxDays: 2, price, bands: [{ upToGrams: 0, price }] }],
    });
  };
  const list = listTariffsOf({ rates: rates as never }, () => state.nowMs);
  const priceOf = async (to: Parameters<typeof list>[0] = berlin) => (await list(to, call))[0]?.bands[0]?.price.minor;
  return { state, priceOf };
}

describe('the tariffs of shipping', () => {
  it('are asked for again after five seconds', async () => {
    const { state, priceOf } = aShipping();
    expect(await priceOf()).toBe(490n);
    state.price = 590;
    state.nowMs = 4_999;
    expect(await priceOf()).toBe(490n);
    state.nowMs = 5_000;
    expect(await priceOf()).toBe(590n);
  });

  it('go on being used for an hour while shipping is away, and are asked for every five seconds, without much waiting', async () => {
    const { state, priceOf } = aShipping();
    await priceOf();
    state.isAway = true;
    for (state.nowMs = 5_000; state.nowMs < 15_000; state.nowMs += 1_000) expect(await priceOf()).toBe(490n);
    expect(state.timeouts).toEqual([undefined, 500, 500]);
    state.nowMs = 3_599_999;
    expect(await priceOf()).toBe(490n);
    state.nowMs = 3_600_001;
    await expect(priceOf()).rejects.toThrow('shipping did not answer');
  });

  it('are the new ones as soon as shipping is back', async () => {
    const { state, priceOf } = aShipping();
    await priceOf();
    [state.isAway, state.nowMs] = [true, 6_000];
    await priceOf();
    [state.isAway, state.price, state.nowMs] = [false, 690, 11_000];
    expect(await priceOf()).toBe(690n);
  });

  it('of a place that nobody has asked for have to be waited for', async () => {
    const { state, priceOf } = aShipping();
    await priceOf();
    state.isAway = true;
    await expect(priceOf({ currency: 'EUR', country: 'FR' })).rejects.toThrow('shipping did not answer');
  });
});
