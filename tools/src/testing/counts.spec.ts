import { add, countsOf, line } from './counts.js';

describe('the count of a test run', () => {
  const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, numRuntimeErrorTestSuites: 1 };

  it('counts a file that could not be loaded as a failure, and what is to do as skipped', () => {
    expect(countsOf(report)).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  it('is said in one line', () => {
    expect(line(add(countsOf(report), { passed: 1, failed: 0, skipped: 0 }))).toBe('6 passed, 2 failed, 3 skipped');
  });
});
