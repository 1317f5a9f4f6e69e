import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '../event-log.js';
import { partitionOfKey } from '../adapters/partition-of-key.js';
import { type Bench, eventually, keysByPartition, record, recorder } from './contract-bench.js';

const all = (log: { read: Awaited<ReturnType<Bench['client']>>['read'] }, topic: string, partition = 0): Promise<readonly LogRecord[]> =>
  log.read({ topic, partition, offset: 0n }, 1_000);

/** Publishing, topics and reading without a group. */
export function publishCases(bench: () => Bench): void {
  describe('publishing', () => {
    it('keeps key, headers, text and order, and gives offsets without a gap', async () => {
      const { log, topic } = await bench().topic(1);
      const headers = { ce_id: 'evt_1', 'content-type': 'application/json', grüße: 'äöü 🙂', empty: '' };
      const before = Date.now();
      await log.publish([{ topic, key: 'a', headers, value: '{"n":1}' }, record(topic, 'b', 'ü 🙂')]);
      await log.publish([record(topic, 'a', 'three')]);
      const found = await all(log, topic);
      expect(found.map(({ timestamp: _, ...rest }) => rest)).toEqual([
        { topic, partition: 0, offset: 0n, key: 'a', headers, value: '{"n":1}' },
        { topic, partition: 0, offset: 1n, key: 'b', headers: {}, value: 'ü 🙂' },
        { topic, partition: 0, offset: 2n, key: 'a', headers: {}, value: 'three' },
      ]);
      expect(found.every(({ timestamp }) => Math.abs(timestamp.getTime() - before) < 10_000)).toBe(true);
    });

    it('puts a key into the partition every adapter puts it', async () => {
      const { log, topic } = await bench().topic(5);
      const other = await bench().client();
      const keys = ['', 'a', 'ord_01h455vb4pex5vsknk084sn02q', 'Grüße', '鍵'];
      await log.publish(keys.map((key) => record(topic, key, key)));
      await other.publish(keys.map((key) => record(topic, key, key)));
      const placed = await Promise.all([0, 1, 2, 3, 4].map(async (partition) => (await all(log, topic, partition)).map(({ key }) => key)));
      expect(placed).toEqual([0, 1, 2, 3, 4].map((p) => [...keys, ...keys].filter((key) => partitionOfKey(key, 5) === p)));
    });

    it('takes records without a key', async () => {
      const { log, topic } = await bench().topic(3);
      await log.publish(Array.from({ length: 9 }, (_, n) => record(topic, null, String(n))));
      const found = (await Promise.all([0, 1, 2].map((partition) => all(log, topic, partition)))).flat();
      expect(found.map(({ key, value }) => [key, value]).sort()).toEqual(Array.from({ length: 9 }, (_, n) => [null, String(n)]));
    });

    it('keeps large, empty and absent values', async () => {
      const { log, topic } = await bench().topic(1);
      const large = 'é'.repeat(450_000);
      await log.publish([
        record(topic, 'a', large),
        record(topic, 'a', ''),
        record(topic, 'a', null),
        record(topic, 'a', 'x'.repeat(1_000_000)),
      ]);
      expect((await all(log, topic)).map(({ value }) => value)).toEqual([large, '', null, 'x'.repeat(1_000_000)]);
    });

    it('takes a batch of many megabytes, in order', async () => {
      const { log, topic } = await bench().topic(1);
      const values = Array.from({ length: 12 }, (_, n) => String(n).repeat(400_000 / String(n).length));
      await log.publish(values.map((value) => record(topic, 'a', value)));
      const { handle, values: seen } = recorder();
      await log.subscribe({ group: bench().name('group'), topics: [topic], handle });
      await eventually(() => expect(seen().map((value) => value?.slice(0, 3))).toEqual(values.map((value) => value.slice(0, 3))));
    });

    it('takes an empty batch', async () => {
      const { log } = await bench().topic(1);
      expect(await log.publish([])).toBeUndefined();
    });

    it('gives each offset once when many publish at the same time', async () => {
      const { log, topic } = await bench().topic(2);
      const others = await Promise.all([bench().client(), bench().client()]);
      const [even = '', odd = ''] = keysByPartition(2);
      const batch = (from: string) => Array.from({ length: 20 }, (_, n) => record(topic, n % 2 ? odd : even, `${from}:${n}`));
      await Promise.all([log, ...others].flatMap((client, c) => [0, 1, 2].map((b) => client.publish(batch(`${c}.${b}`)))));
      for (const partition of [0, 1]) {
        const found = await all(log, topic, partition);
        expect(found.map(({ offset }) => offset)).toEqual(Array.from({ length: 90 }, (_, n) => BigInt(n)));
        expect(new Set(found.map(({ value }) => value)).size).toBe(90);
        for (const from of new Set(found.map(({ value }) => value?.split(':')[0]))) {
          const ranks = found.filter(({ value }) => value?.startsWith(`${from}:`)).map(({ value }) => Number(value?.split(':')[1]));
          expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        }
      }
    });
  });

  describe('refuses, and writes nothing of the batch:', () => {
    const refused = async (bad: (topic: string) => ReturnType<typeof record>, name: string): Promise<void> => {
      const { log, topic } = await bench().topic(1);
      await expect(log.publish([record(topic, 'a', 'good'), bad(topic)])).rejects.toMatchObject({ name });
      expect(await all(log, topic)).toEqual([]);
    };
    it('a value over 1,000,000 bytes', () => refused((topic) => record(topic, 'a', 'é'.repeat(500_001)), 'RecordTooLarge'));
    it('key and headers over 32,768 bytes', () =>
      refused((topic) => ({ ...record(topic, 'a', ''), headers: { h: 'x'.repeat(32_768) } }), 'RecordTooLarge'));
    it('an unknown topic', () => refused(() => record(bench().name('nowhere'), 'a', 'x'), 'UnknownTopic'));
    it('NUL in a value', () => refused((topic) => record(topic, 'a', 'a\0b'), 'InvalidRecord'));
    it('NUL in a key', () => refused((topic) => record(topic, '\0', 'x'), 'InvalidRecord'));
    it('NUL in a header', () => refused((topic) => ({ ...record(topic, 'a', 'x'), headers: { h: '\0' } }), 'InvalidRecord'));
    it('text without a UTF-8 form', () => refused((topic) => record(topic, 'a', '\ud83d'), 'InvalidRecord'));
  });

  describe('topics', () => {
    it('are created once, whoever asks how often', async () => {
      const { log, topic } = await bench().topic(3);
      await log.publish([record(topic, 'a', 'kept')]);
      const others = await Promise.all([bench().client(), bench().client()]);
      const wanted = [
        { name: topic, key: 'any', partitions: 3, retentionDays: 1 },
        { name: bench().name('topic'), key: 'any', partitions: 2, retentionDays: 1 },
      ];
      await Promise.all([log, ...others].map((client) => client.ensureTopics(wanted)));
      const found = await Promise.all([0, 1, 2].map((partition) => all(log, topic, partition)));
      expect(found.flat().map(({ value }) => value)).toEqual(['kept']);
    });

    it('never change their number of partitions', async () => {
      const { log, topic } = await bench().topic(3);
      await expect(log.ensureTopics([{ name: topic, key: 'any', partitions: 4, retentionDays: 1 }])).rejects.toMatchObject({
        name: 'PartitionCountDiffers',
        found: 3,
        wanted: 4,
      });
    });

    it('must exist to be subscribed to', async () => {
      const log = await bench().client();
      const options = { group: bench().name('group'), topics: [bench().name('nowhere')], handle: recorder().handle };
      await expect(log.subscribe(options)).rejects.toMatchObject({ name: 'UnknownTopic' });
    });
  });

  describe('reading without a group', () => {
    it('gives at most the limit from an offset on, and nothing past the end', async () => {
      const { log, topic } = await bench().topic(1);
      await log.publish(Array.from({ length: 20 }, (_, n) => record(topic, 'a', String(n))));
      const values = async (offset: bigint, limit: number) =>
        (await log.read({ topic, partition: 0, offset }, limit)).map(({ value }) => value);
      expect([await values(5n, 3), await values(18n, 10), await values(20n, 10), await values(99n, 10)]).toEqual([
        ['5', '6', '7'],
        ['18', '19'],
        [],
        [],
      ]);
    });

    it('needs a topic and partition that exist', async () => {
      const { log, topic } = await bench().topic(1);
      await expect(log.read({ topic: bench().name('nowhere'), partition: 0, offset: 0n }, 1)).rejects.toMatchObject({
        name: 'UnknownTopic',
      });
      await expect(log.read({ topic, partition: 7, offset: 0n }, 1)).rejects.toMatchObject({ name: 'UnknownTopic' });
    });

    it('is answered by a ping while open, and by an error once closed', async () => {
      const log = await bench().client();
      expect(await log.ping()).toBeUndefined();
      await log.close();
      await expect(log.ping()).rejects.toMatchObject({ name: 'LogClosed' });
      await expect(log.publish([])).rejects.toMatchObject({ name: 'LogClosed' });
    });
  });
}
