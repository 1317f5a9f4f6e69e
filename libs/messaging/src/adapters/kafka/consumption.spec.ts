import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Subscription } from '../../event-log.js';
import { eventually } from '../../testing/contract-bench.js';
import { silent } from '../logger.js';
import type { KafkaClient } from './client.js';
import { Consumption } from './consumption.js';

/** In place of a kafkajs consumer: what makes one crash without a restart (an error that is none of kafkajs's own) cannot be had from outside. */
class StandIn extends EventEmitter {
  readonly events = { GROUP_JOIN: 'join', CRASH: 'crash', REBALANCING: 'rebalancing' };
  isRunning = false;
  isGone = false;
  readonly connect = async (): Promise<void> => undefined;
  readonly subscribe = async (): Promise<void> => undefined;
  readonly run = async (): Promise<void> => void (this.isRunning = true);
  readonly disconnect = async (): Promise<void> => void (this.isGone = true);

  join(): void {
    this.emit(this.events.GROUP_JOIN, { payload: { memberAssignment: { order: [0, 1] } } });
  }

  crash(message: string): void {
    this.emit(this.events.CRASH, { payload: { restart: false, error: new TypeError(message) } });
  }
}

describe('a member of a group whose kafkajs consumer crashes without a restart', () => {
  const consumers: StandIn[] = [];
  let member: Subscription;
  afterEach(async () => {
    await member.close();
    consumers.splice(0);
  });

  async function joined(): Promise<void> {
    const consumer = (): StandIn => consumers[consumers.push(new StandIn()) - 1] as StandIn;
    const client = { consumer } as unknown as KafkaClient;
    const subscription = { group: 'spec', topics: ['order'], handle: async () => ({ kind: 'done' }) as const };
    member = await new Consumption({ client, subscription, logger: silent, lag: async () => [] }).start();
    consumers[0]?.join();
  }

  const nth = (count: number): Promise<StandIn> =>
    eventually(() => expect(consumers[count - 1]?.isRunning).toBe(true)).then(() => consumers[count - 1] as StandIn);

  it('gets another, which takes its partitions; the old one is gone', async () => {
    await joined();
    expect(member.assigned().length).toBe(2);
    (await nth(1)).crash('no such property');
    expect(member.assigned()).toEqual([]);
    (await nth(2)).join();

    expect(member.assigned().length).toBe(2);
    expect(consumers.map(({ isGone }) => isGone)).toEqual([true, false]);
  });

  it('tells its process once five that took its place have crashed one after another, none having joined', async () => {
    await joined();
    let failed: Error | undefined;
    void member.failed.then((error) => (failed = error));
    for (const count of [1, 2, 3, 4, 5]) (await nth(count)).crash(`crash ${count}`);
    const last = await nth(6);
    expect(failed).toBeUndefined();
    last.crash('crash 6');

    expect(await member.failed).toEqual(new TypeError('crash 6'));
    expect(consumers.length).toBe(6);
  });
});
