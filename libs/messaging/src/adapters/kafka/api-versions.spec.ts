import { createRequire } from 'node:module';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { v7 } from 'uuid';
import { createMessaging } from '../../messaging.js';
import { eventually, record, recorder } from '../../testing/contract-bench.js';
import { silent } from '../logger.js';
import { type VersionRange, misfits, sentVersions } from './api-versions.js';
import { kafkaEventLog } from './kafka-event-log.js';

const like = (min: number, max: number) => new Map([...sentVersions.keys()].map((key) => [key, { min, max }]));

describe('what a broker lacks', () => {
  it('is nothing when every version lies in its range', () => {
    expect(misfits(like(0, 12))).toEqual([]);
  });

  it('is named when the broker’s minimum has risen past ours', () => {
    expect(misfits(like(0, 12).set(0, { min: 8, max: 14 }))).toEqual(['Produce v7 is outside of v8–v14: the broker is too new']);
  });

  it('is named when the broker’s maximum has not reached ours', () => {
    expect(misfits(like(0, 12).set(1, { min: 0, max: 4 }))).toEqual(['Fetch v11 is outside of v0–v4: the broker is too old']);
  });

  it('is named when a request is not served at all', () => {
    const ranges = like(0, 12);
    ranges.delete(42);
    expect(misfits(ranges)).toEqual(['DeleteGroups is not served']);
  });
});

describe('a broker that cannot be used', () => {
  const servers: Server[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))));

  /** Answers every ApiVersions request with these ranges. */
  async function brokerOf(ranges: ReadonlyMap<number, VersionRange>): Promise<string> {
    const body = Buffer.alloc(14 + ranges.size * 6);
    body.writeInt32BE(body.length - 4, 0);
    body.writeInt32BE(1, 4);
    body.writeInt32BE(ranges.size, 10);
    [...ranges].forEach(([key, { min, max }], n) => [key, min, max].forEach((value, m) => body.writeInt16BE(value, 14 + n * 6 + m * 2)));
    const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => socket.write(body)));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['too new', { min: 8, max: 14 }],
    ['too old', { min: 0, max: 2 }],
  ])('because it is %s ends the process at boot, with a message that names version and broker', async (word, produce) => {
    const broker = await brokerOf(like(0, 12).set(0, produce));
    const fatal: Error[] = [];
    const connectionString = 'postgres://nobody@127.0.0.1:1/none';
    const away = { query: () => Promise.reject(new Error('away')), transaction: () => Promise.reject(new Error('away')) };
    const messaging = createMessaging({
      service: 'spec',
      database: away,
      connectionString,
      log: kafkaEventLog({ brokers: [broker] }),
      newId: v7,
      deadLetterId: String,
      logger: silent,
      registry: new Registry(),
      validate: true,
      onFatal: (error) => fatal.push(error),
    });
    await messaging.start();
    await eventually(() => expect(fatal).toHaveLength(1));
    expect(fatal[0]?.message).toBe(
      `the broker ${broker} cannot be used: Produce v7 is outside of v${produce.min}–v${produce.max}: the broker is ${word}`,
    );
    await messaging.stop();
  });
});

const brokers = process.env['KAFKA_TEST_BROKERS']?.split(',');
/** The key of that request. Source: Apache Kafka protocol, API keys. */
const heartbeat = 12;

if (brokers)
  describe('requests to a real broker', () => {
    it('are sent in the versions that are checked at boot, and in no others', async () => {
      const sent = new Map<number, number>();
      const stop = listen((key, version) => sent.set(key, version));
      const name = `versions-${v7()}`;
      const log = kafkaEventLog({ brokers });
      try {
        await log.ensureTopics([{ name, key: 'any', partitions: 1, retentionDays: 1 }]);
        await log.publish([record(name, 'a', '1')]);
        const { values, handle } = recorder();
        const member = await log.subscribe({ group: name, topics: [name], from: 'earliest', handle });
        await eventually(() => expect(values()).toEqual(['1']));
        await eventually(() => expect(sent.has(heartbeat)).toBe(true));
        await member.close();
        await log.seek(name, name, { to: 'earliest' });
        await log.seek(name, name, { time: new Date() });
        await log.read({ topic: name, partition: 0, offset: 0n }, 1);
      } finally {
        stop();
        await log.close();
      }
      expect(Object.fromEntries([...sent].sort(([a], [b]) => a - b))).toEqual(Object.fromEntries(sentVersions));
    });
  });
else it.todo('requests to a real broker: not run, KAFKA_TEST_BROKERS is not set');

type Request = { readonly request: { readonly apiKey: number; readonly apiVersion: number } };

/** Tells of every request kafkajs writes, from the one place where it does. */
function listen(told: (key: number, version: number) => void): () => void {
  const Connection = createRequire(import.meta.url)('kafkajs/src/network/connection') as { prototype: { send(of: Request): unknown } };
  const { send } = Connection.prototype;
  Connection.prototype.send = function (this: unknown, of: Request) {
    told(of.request.apiKey, of.request.apiVersion);
    return send.call(this, of);
  };
  return () => void (Connection.prototype.send = send);
}
