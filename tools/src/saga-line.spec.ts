import { type ListedSaga, sagaLine } from './saga-line.js';

const waiting: ListedSaga = {
  orderId: 'ord_1',
  kind: 'checkout',
  state: 'waiting',
  owner: null,
  lastError: 'payment-unknown',
  dueAt: '2026-11-23T12:00:00.000Z',
  orderStatus: 'payment-unknown',
  ageMs: 61_400,
  attempts: 3,
};

describe('a saga in a line', () => {
  it('says whose it is, how it stands, who has it, how often it was tried and what stopped it', () => {
    expect(sagaLine(waiting)).toBe('ord_1  checkout  waiting  61 s old  payment-unknown  nobody  3 tries  payment-unknown');
    expect(sagaLine({ ...waiting, state: 'running', owner: 'host/1', orderStatus: null, lastError: null, attempts: 1 })).toBe(
      'ord_1  checkout  running  61 s old  no order  host/1  1 try',
    );
  });

  it.each([
    [0, '0 s old'],
    [119_999, '119 s old'],
    [600_000, '10 minutes old'],
    [7_200_000, '2 hours old'],
    [432_000_000, '5 days old'],
  ])('tells an age of %i ms as schedules tell theirs: %s', (ageMs, age) => {
    expect(sagaLine({ ...waiting, ageMs }).split('  ')[3]).toBe(age);
  });
});
