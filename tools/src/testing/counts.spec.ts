import { add, countsOf, line, noTests } from './counts.js';

describe('the count of a test run', () => {
  const passed = {
    name: 'a.spec.ts',
    status: 'passed',
    message: '',
    assertionResults: [{ status: 'passed', fullName: 'a stands', failureMessages: [] }],
  };
  const failed = {
    name: 'b.spec.ts',
    status: 'failed',
    message: 'all of it',
    assertionResults: [
      { status: 'passed', fullName: 'b stands', failureMessages: [] },
      { status: 'failed', fullName: 'b falls', failureMessages: ['expected 1'] },
    ],
  };
  const broken = { name: 'c.spec.ts', status: 'failed', message: 'cannot find d', assertionResults: [] };
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    numRuntimeErrorTestSuites: 1,
    testResults: [passed, failed, broken],
  };

  it('counts a file that could not be loaded as a failure, and what is to do as skipped', () => {
    expect(countsOf(report)).toMatchObject({ passed: 5, failed: 2, skipped: 3 });
  });

  it('names what failed, with the reason', () => {
    expect(countsOf(report).failures).toEqual(['b.spec.ts: b falls\nexpected 1', 'c.spec.ts\ncannot find d']);
  });

  it('is said in one line', () => {
    expect(line(add(countsOf(report), { ...noTests, passed: 1 }))).toBe('6 passed, 2 failed, 3 skipped');
  });
});
