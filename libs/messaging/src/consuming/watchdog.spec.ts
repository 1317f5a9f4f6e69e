import { afterEach, describe, expect, it } from '@jest/globals';
import type { PartitionLag } from '../event-log.js';
import { eventually, silent } from '../spec-service.js';
import { type Watchdog, type WatchdogParts, createWatchdog } from './watchdog.js';

const behind: PartitionLag = { topic: 'order', partition: 3, committed: 1n, end: 2n, lag: 1n };
let watchdog: Watchdog | undefined;
afterEach(() => watchdog?.stop());

type Changes = { readonly log?: WatchdogParts['log']; readonly consumer?: Partial<WatchdogParts['consumer']> };

function watched({ log, consumer }: Changes): { rejoins: number; fatal: string[] } {
  const seen = { rejoins: 0, fatal: [] as string[] };
  watchdog = createWatchdog({
    log: log ?? { lag: async () => [behind] },
    group: 'spec',
    consumer: {
      expected: () => [{ topic: 'order', partition: 3 }],
      finished: () => 7,
      rejoin: async () => void (seen.rejoins += 1),
      ...consumer,
    },
    onFatal: ({ message }) => void seen.fatal.push(message),
    logger: silent,
    times: { everyMs: 2, stuckMs: 20 },
  });
  watchdog.start();
  return seen;
}

describe('the watchdog', () => {
  it('lets a consumer that has work and delivers nothing join anew, then gives up', async () => {
    const seen = watched({});
    await eventually(
      () => seen.fatal.length,
      (count) => count === 1,
    );
    expect(seen).toEqual({ rejoins: 1, fatal: ['the consumer has delivered nothing twice although there is work'] });
  });

  it('is content with progress, with nothing to do, with partitions of others and with a log that is away', async () => {
    let looks = 0;
    const look = <T>(answer: T): T => {
      looks += 1;
      return answer;
    };
    const contents: Changes[] = [
      { consumer: { finished: () => look(looks) } },
      { log: { lag: async () => look([{ ...behind, lag: 0n }]) } },
      { consumer: { expected: () => look([{ topic: 'order', partition: 4 }]) } },
      { log: { lag: async () => look(Promise.reject(new Error('away'))) } },
    ];
    for (const changes of contents) {
      looks = 0;
      const seen = watched(changes);
      await eventually(
        () => looks,
        (count) => count > 30,
      );
      expect(seen).toEqual({ rejoins: 0, fatal: [] });
      await watchdog?.stop();
    }
  });
});
