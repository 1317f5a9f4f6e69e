import { describe, expect, it } from '@jest/globals';
import { OrderConfirmedV1 } from '@tandem/contracts';
import type { EventLog, Subscription } from '../event-log.js';
import { eventually, silent } from '../spec-service.js';
import type { Subscriber } from '../strategy.js';
import { createConsumer } from './consumer.js';

const never = () => Promise.reject(new Error('nothing is delivered'));
const parts = {
  group: 'spec',
  topicsReady: () => Promise.resolve(),
  live: never,
  retrying: never,
  logger: silent,
  onFatal: () => undefined,
};
const subscriberWith = (options: object): Subscriber =>
  ({ definition: OrderConfirmedV1, name: 'spec', options, handle: never }) as unknown as Subscriber;
const member = { assigned: () => [], close: () => Promise.resolve(), pauseAll: () => undefined, resumeAll: () => undefined };

describe('a consumer whose member of the group can never deliver again', () => {
  it('tells its process, but nothing of a member it has left', async () => {
    const fail: ((error: Error) => void)[] = [];
    const subscribe = async () => ({ ...member, failed: new Promise<Error>((resolve) => fail.push(resolve)) }) as unknown as Subscription;
    const fatal: string[] = [];
    const log = { subscribe } as unknown as EventLog;
    const consumer = createConsumer({ ...parts, log, onFatal: ({ message }) => void fatal.push(message) });
    consumer.begin([subscriberWith({})]);
    await eventually(
      () => fail.length,
      (count) => count === 1,
    );
    await consumer.rejoin();
    fail[0]?.(new Error('of the one before'));
    fail[1]?.(new Error('crashed six times'));

    await eventually(
      () => fatal,
      (seen) => seen.length === 1,
    );
    expect(fatal).toEqual(['crashed six times']);
    await consumer.close();
  });
});

describe('a consumer that drains and sleeps', () => {
  it('has ended its loop when it is closed, also after the watchdog let it join anew', async () => {
    let answer: (() => void) | undefined;
    let looks = 0;
    const subscription = { ...member, failed: new Promise<Error>(() => undefined) };
    const log = {
      subscribe: () => Promise.resolve(subscription as unknown as Subscription),
      lag: () => new Promise((resolve) => ((looks += 1), (answer = () => resolve([])))),
    };
    const consumer = createConsumer({ ...parts, log: log as unknown as EventLog });
    consumer.begin([subscriberWith({ wakeEveryMs: 1_000 })]);
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
