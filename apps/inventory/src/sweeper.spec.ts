import { describe, expect, it } from '@jest/globals';
import { sweeper } from './sweeper.js';

/** A promise, and what settles it. */
function signal(): { readonly promise: Promise<void>; readonly fire: () => void } {
  const state: { fire: () => void } = { fire: () => undefined };
  const promise = new Promise<void>((resolve) => (state.fire = resolve));
  return { promise, fire: () => state.fire() };
}

describe('the sweeper', () => {
  it('comes back when the next thing is due, until it is stopped', async () => {
    const thrice = signal();
    const calls: number[] = [];
    const failures: unknown[] = [];
    const sweep = async (): Promise<number | undefined> => {
      calls.push(calls.length);
      if (calls.length === 3) thrice.fire();
      return 0;
    };
    const background = sweeper('spec', { sweep, onError: (error) => void failures.push(error) });
    await background.start();
    await thrice.promise;
    await background.stop();
    expect([calls.length >= 3, failures]).toEqual([true, []]);
  });

  it('tells of a failure', async () => {
    const told = signal();
    const background = sweeper('spec', { sweep: () => Promise.reject(new Error('away')), onError: told.fire });
    await background.start();
    await told.promise;
    await background.stop();
  });
});
