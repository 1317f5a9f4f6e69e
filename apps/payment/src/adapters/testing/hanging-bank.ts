import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { eventually } from '@tandem/host/testing';

/** The deadline of whoever calls a hanging bank. A bound for what hangs: it is not waited for. Milliseconds. */
export const deadlineMs = 30_000;

/** A bank that takes every call in and never says a word. */
export type HangingBank = {
  readonly url: string;
  /** How many calls have come. */
  readonly asked: () => number;
  /**
   * How calls end whose connection is cut after their deadline, while `held` of them are with the bank; the others never went out. The clock is put on once
   * that many have come: it does not matter how long a machine takes to make a call.
   */
  readonly endsWhenCutLate: <End>(calls: readonly Promise<End>[], held: number) => Promise<readonly End[]>;
  readonly stop: () => void;
};

export async function startHangingBank(): Promise<HangingBank> {
  let asked = 0;
  const server = createServer(() => void (asked += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    endsWhenCutLate: async (calls, held) => {
      await eventually(
        () => asked,
        (come) => come >= held,
        deadlineMs,
      );
      const late = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + deadlineMs);
      server.closeAllConnections();
      return Promise.all(calls).finally(() => late.mockRestore());
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
