import { type Death, deathFaults } from './processes.js';

const died = (changes: Partial<Death>): readonly string[] =>
  deathFaults({ because: 'TypeError: nobody expected this', exitMs: 830, backMs: 3_000, ...changes });

describe('the end of a consumer that dies', () => {
  it('holds within a second, with the service at work again within ten', () => {
    expect(died({})).toEqual([]);
  });

  it('does not hold when the process stays, when its end was not measured, when nobody takes over, or for another cause', () => {
    expect([
      died({ exitMs: 1_400 }),
      died({ exitMs: undefined }),
      died({ backMs: 11_000 }),
      died({ because: 'SIGKILL', exitMs: undefined }),
    ]).toEqual([
      ['the process ended after 1400 ms'],
      ['it never said that it is about to die, so its end was not measured'],
      ['working again after 11.0 s'],
      ['it ended because of SIGKILL', 'it never said that it is about to die, so its end was not measured'],
    ]);
  });
});
