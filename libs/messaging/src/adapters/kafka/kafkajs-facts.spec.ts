import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import kafkajs, { type PartitionerArgs } from 'kafkajs';
import { partitionOfKey } from '../partition-of-key.js';
import { calmIdleConnections } from './idle-poll.js';

/** What the adapter takes for granted of kafkajs; a new version has to prove it again. */
describe('kafkajs', () => {
  it('puts keys where all adapters do', () => {
    const partitioner = kafkajs.Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, leader: 1 }));
    const keys = Array.from({ length: 500 }, (_, n) => `${'ü'.repeat(n % 5)}${n * 7919}`);
    const placed = keys.map((key) => partitioner({ topic: 't', partitionMetadata, message: { key, value: null } } as PartitionerArgs));
    expect(keys.map((key) => partitionOfKey(key, 12))).toEqual(placed);
  });

  it('sets no timer for a connection nobody waits on, once it is calmed', () => {
    expect([calmIdleConnections(), calmIdleConnections()]).toEqual([true, true]);
    type Queue = {
      pending: unknown[];
      throttleCheckTimeoutId: NodeJS.Timeout | null;
      scheduleCheckPendingRequests(): void;
      destroy(): void;
    };
    const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (options: object) => Queue;
    const queue = new RequestQueue({
      maxInFlightRequests: 1,
      requestTimeout: 1_000,
      clientId: 'c',
      broker: 'b',
      logger: { debug: () => undefined },
    });
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
    queue.pending.push({});
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    queue.destroy();
  });
});
