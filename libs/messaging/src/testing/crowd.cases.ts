import { describe, expect, it } from '@jest/globals';
import type { LogRecord, Subscription } from '../event-log.js';
import { type Bench, eventually, pause, record, recorder } from './contract-bench.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const inOrder = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const valuesOf = (seen: readonly LogRecord[], key: string): number[] =>
  seen.filter((given) => given.key === key).map(({ value }) => Number(value));

/** Many at once: members of a group, groups, publishers, records of one partition. */
export function crowdCases(bench: () => Bench): void {
  describe('many', () => {
    it('members: 1,000 records of 16 keys over 10 members come in the order of their keys', async () => {
      const { log, topic } = await bench().topic(12);
      const group = bench().name('group');
      const { seen, handle } = recorder();
      const members: Subscription[] = await Promise.all(
        numbers(10).map(async () => (await bench().join({ group, topics: [topic], handle })).member),
      );
      await eventually(() =>
        expect(inOrder(members.flatMap((member) => member.assigned().map(({ partition }) => partition)))).toEqual(numbers(12)),
      );
      for (const from of numbers(10)) await log.publish(numbers(100).map((n) => record(topic, `key-${n % 16}`, String(from * 100 + n))));
      await eventually(() => expect(new Set(seen.map(({ value }) => value)).size).toBe(1_000));
      for (const key of numbers(16).map((n) => `key-${n}`)) expect(valuesOf(seen, key)).toEqual(inOrder(valuesOf(seen, key)));
      expect(seen).toHaveLength(1_000);
    });

    it('groups: one that stands still holds no other', async () => {
      const { log, topic } = await bench().topic(2);
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: () => Promise.resolve({ kind: 'later', afterMs: 60_000 }),
      });
      const { values, handle } = recorder();
      await bench().join({ group: bench().name('group'), topics: [topic], handle });
      await log.publish(numbers(50).map((n) => record(topic, String(n), String(n))));
      await eventually(() => expect(inOrder(values().map(Number))).toEqual(numbers(50)));
    });

    it('publishers at once with one client: every batch is whole and in its order', async () => {
      const { log, topic } = await bench().topic(1);
      await Promise.all(numbers(30).map((batch) => log.publish(numbers(5).map((n) => record(topic, `b${batch}`, String(n))))));
      const { seen, handle } = recorder();
      await bench().join({ group: bench().name('group'), topics: [topic], handle });
      await eventually(() => expect(seen).toHaveLength(150));
      for (const batch of numbers(30)) expect(valuesOf(seen, `b${batch}`)).toEqual(numbers(5));
    });
  });

  describe('several records of a partition in hand', () => {
    it('are of different keys: those of one key follow each other, also when one has to come again', async () => {
      const { log, topic } = await bench().topic(1);
      const keys = numbers(20).map((n) => `key-${n}`);
      const running = new Map<string, number>();
      const later = new Set(['key-3/1', 'key-7/0', 'key-11/4']);
      let most = 0;
      const { seen, handle } = recorder();
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        concurrency: 8,
        handle: async (given, signal) => {
          const key = given.key ?? '';
          running.set(key, (running.get(key) ?? 0) + 1);
          most = Math.max(most, [...running.values()].filter((count) => count > 0).length);
          if (running.get(key) !== 1) throw new Error('two of one key at a time');
          await pause(Math.random() * 10);
          running.set(key, 0);
          return later.delete(`${key}/${given.value}`) ? { kind: 'later', afterMs: 20 } : handle(given, signal);
        },
      });
      for (const n of numbers(5)) await log.publish(keys.map((key) => record(topic, key, String(n))));
      await eventually(() => expect(seen).toHaveLength(100));
      for (const key of keys) expect(valuesOf(seen, key)).toEqual(numbers(5));
      expect([most > 4, most <= 8]).toEqual([true, true]);
    });

    it('are given again when the member ends before one that stands first is done; nothing behind it is lost', async () => {
      const { log, topic } = await bench().topic(1);
      const group = bench().name('group');
      const before = recorder();
      const first = await bench().join({
        group,
        topics: [topic],
        concurrency: 4,
        handle: (given, signal) =>
          given.value === '0' ? Promise.resolve({ kind: 'later', afterMs: 60_000 }) : before.handle(given, signal),
      });
      await log.publish(numbers(10).map((n) => record(topic, `key-${n}`, String(n))));
      await eventually(async () => expect((await log.lag(group)).map(({ lag }) => lag)).toEqual([10n]));
      await first.log.close();
      const { values, handle } = recorder();
      await bench().join({ group, topics: [topic], handle });
      await eventually(() => expect(inOrder(values().map(Number))).toEqual(numbers(10)));
    });

    it('make a slow effect eight times as fast and more', async () => {
      const { log, topic } = await bench().topic(1);
      await log.publish(numbers(64).map((n) => record(topic, `key-${n}`, String(n))));
      const { seen, handle } = recorder();
      const since: number[] = [];
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        concurrency: 16,
        handle: async (given, signal) => (since.push(performance.now()), await pause(100), handle(given, signal)),
      });
      await eventually(() => expect(seen).toHaveLength(64));
      expect(performance.now() - (since[0] ?? 0)).toBeLessThan((64 * 100) / 8);
    });
  });
}
