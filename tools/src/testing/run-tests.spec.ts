import { jest } from '@jest/globals';
import { chosenSteps } from './choose.js';
import { runTests } from './run-tests.js';

describe('what npm test runs', () => {
  it.each<[string[], string[]]>([
    [
      ['--only', 'journeys'],
      ['journeys one-process', 'journeys split-kafka'],
    ],
    [['--no-e2e', '--only', 'proofs'], ['proofs']],
    [['apps/cart', 'libs/kernel/'], ['tests']],
    [['tools'], ['tests']],
  ])('%j: %j', (args, names) => {
    expect(chosenSteps(args).map(({ name }) => name)).toEqual(names);
  });

  it('is everything unless something is named', () => {
    expect(chosenSteps([]).map(({ name }) => name)).toEqual([
      'buf lint',
      'buf breaking',
      'lint',
      'tests',
      'proofs',
      'journeys one-process',
      'journeys split-kafka',
    ]);
  });

  it.each<[string[], string]>([
    [['apps/nope'], 'apps/nope is no project of this repository: name its folder, e.g. apps/cart.'],
    [['cart'], 'cart is no project of this repository: name its folder, e.g. apps/cart.'],
    [['apps/cart', 'apps/e2e'], 'apps/e2e is tested on a whole system: npm test -- --only journeys, or npm run e2e against one that runs.'],
    [
      ['--only', 'typo'],
      'No step is named typo…: nothing would be run. There are: buf lint, buf breaking, lint, tests, proofs, journeys one-process, journeys split-kafka.',
    ],
    [
      ['--no-e2e', '--only', 'journeys'],
      'No step is named journeys… without the journeys: nothing would be run. There are: buf lint, buf breaking, lint, tests, proofs, journeys one-process, journeys split-kafka.',
    ],
  ])('is never nothing: %j', (args, because) => {
    expect(() => chosenSteps(args)).toThrow(because);
  });

  it.each([[['apps/nope']], [['--only', 'typo']], [['apps/e2e']], [['--unknown']]])(
    'fails and ends with the count when %j names nothing to run',
    async (args) => {
      const said: unknown[] = [];
      const spies = [
        jest.spyOn(console, 'log').mockImplementation((line) => void said.push(line)),
        jest.spyOn(console, 'error').mockImplementation((line) => void said.push(line)),
      ];
      try {
        expect([await runTests(args, {}), said.at(-1)]).toEqual([1, '0 passed, 1 failed, 0 skipped']);
        expect(said[0]).toEqual(expect.stringMatching(/^\S.*[.]/)); // a sentence, no stack
      } finally {
        for (const spy of spies) spy.mockRestore();
      }
    },
  );
});
