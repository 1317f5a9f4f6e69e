import { describe, expect, it } from '@jest/globals';
import { OrderConfirmedV1 } from '@tandem/contracts';
import type { EventLog, Subscription } from '../event-log.js';
import { eventually, silent } from '../spec-service.js';
import type { Subscriber } from '../strategy.js';
import { createConsumer } from './consumer.js';

describe('a consumer that drains and sleeps', () => {
  it('has ended its loop when it is closed, also after the watchdog let it join anew', async () => {
    let answer: (() => void) | undefined;
    let looks = 0;
    const subscription = {
      failed: new Promise<Error>(() => undefined),
      assigned: () => [],
      close: () => Promise.resolve(),
      pauseAll: () => undefined,
      resumeAll: () => undefined,
    };
    const log = {
      subscribe: () => Promise.resolve(subscription as unknown as Subscription),
      lag: () => new Promise((resolve) => ((looks += 1), (answer = () => resolve([])))),
    };
    const never = () => Promise.reject(new Error('nothing is delivered'));
    const consumer = createConsumer({
      log: log as unknown as EventLog,
      group: 'spec',
      topicsReady: () => Promise.resolve(),
      live: never,
      retrying: never,
      logger: silent,
      onFatal: () => undefined,
    });
    consumer.begin([
      { definition: OrderConfirmedV1, name: 'spec', options: { wakeEveryMs: 1_000 }, handle: never } as unknown as Subscriber,
    ]);
    await eventually(
      () => looks,
      (count) => count === 1,
    );
    await consumer.rejoin();
    let isClosed = false;
    const closing = consumer.close().then(() => (isClosed = true));
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    answer?.();
    await closing;
    expect(looks).toBe(1);
  });
});
