import { afterEach, describe, expect, it } from '@jest/globals';
import type { PartitionLag } from '../event-log.js';
import { eventually, silent } from '../spec-service.js';
import { type Watchdog, type WatchdogParts, createWatchdog } from './watchdog.js';

const behind: PartitionLag = { topic: 'order', partition: 3, committed: 1n, end: 2n, lag: 1n };
let watchdog: Watchdog | undefined;
afterEach(() => watchdog?.stop());

function watched(changes: Partial<WatchdogParts>): { rejoins: number; fatal: string[]; looks: number } {
  const seen = { rejoins: 0, fatal: [] as string[], looks: 0 };
  watchdog = createWatchdog({
    log: {
      lag: async () => {
        seen.looks += 1;
        return [behind];
      },
    },
    group: 'spec',
    expected: () => [{ topic: 'order', partition: 3 }],
    finished: () => 7,
    rejoin: async () => void (seen.rejoins += 1),
    onFatal: ({ message }) => void seen.fatal.push(message),
    logger: silent,
    times: { everyMs: 2, stuckMs: 20 },
    ...changes,
  });
  watchdog.start();
  return seen;
}

describe('the watchdog', () => {
  it('lets a consumer that has work and delivers nothing join anew, then gives up', async () => {
    const seen = watched({});
    await eventually(() => seen.fatal.length, (count) => count === 1);
    expect(seen).toMatchObject({ rejoins: 1, fatal: ['the consumer has delivered nothing twice although there is work'] });
  });

  it('is content with progress, with nothing to do, with partitions of others and with a log that is away', async () => {
    let finished = 0;
    let calls = 0;
    for (const changes of [
      { finished: () => (finished += 1), log: { lag: async () => [behind] }, expected: () => [{ topic: 'order', partition: (calls += 1) && 3 }] },
      { log: { lag: async () => ((calls += 1), [{ ...behind, lag: 0n }]) } },
      { expected: () => ((calls += 1), [{ topic: 'order', partition: 4 }]) },
      { log: { lag: async () => ((calls += 1), Promise.reject(new Error('away'))) } },
    ]) {
      calls = 0;
      finished = 0;
      const seen = watched(changes);
      await eventually(() => calls + finished, (count) => count > 30);
      expect(seen).toMatchObject({ rejoins: 0, fatal: [] });
      await watchdog?.stop();
    }
  });
});
