import { patternsOf } from './journeys.js';

describe('the journeys that are run', () => {
  it('are all, the units of the proofs included, unless some are named', () => {
    expect(patternsOf([])).toEqual(['apps/e2e/src']);
  });

  it('are those that are named, and no other', () => {
    const paths = ['pay', 'buy', 'parcels'].map((name) => `/repo/apps/e2e/src/journeys/${name}.spec.ts`);
    const chosen = (...names: string[]) => paths.filter((path) => patternsOf(names).some((pattern) => new RegExp(pattern).test(path)));
    expect([chosen('pay'), chosen('buy', 'parcels')]).toEqual([paths.slice(0, 1), paths.slice(1)]);
  });

  it('are named as their files are', () => {
    expect(() => patternsOf(['buy', 'bye'])).toThrow('There is no journey bye. There are: buy, cancel, ');
  });
});
