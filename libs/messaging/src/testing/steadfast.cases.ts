import { describe, expect, it, jest } from '@jest/globals';
import type { LogRecord, Subscription } from '../event-log.js';
import { type Bench, eventually, keysByPartition, pause, record, recorder } from './contract-bench.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const inOrder = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const valuesOf = (seen: readonly LogRecord[], key: string): number[] =>
  seen.filter((given) => given.key === key).map(({ value }) => Number(value));

/** What a log must stand: members in a hurry, handlers that throw anything, clocks that jump, many members, many keys. */
export function steadfastCases(bench: () => Bench): void {
  describe('a member in a hurry', () => {
    it('may close at once after it has subscribed; the next gets everything', async () => {
      const { log, topic } = await bench().topic(2);
      const group = bench().name('group');
      await log.publish(numbers(20).map((n) => record(topic, String(n), String(n))));
      const hasty = recorder();
      const { member } = await bench().join({ group, topics: [topic], handle: hasty.handle });
      await member.close();
      const { values, handle } = recorder();
      await bench().join({ group, topics: [topic], handle });
      await eventually(() => expect(inOrder([...hasty.values(), ...values()].map(Number))).toEqual(numbers(20)));
    });

    it('may lose its client while it is subscribing, and leaves no ghost that holds partitions', async () => {
      const { log, topic } = await bench().topic(2);
      const group = bench().name('group');
      const hasty = await bench().client();
      const subscribing = hasty.subscribe({ group, topics: [topic], handle: recorder().handle }).then(
        () => 'joined',
        (error: Error) => error.name,
      );
      await hasty.close();
      expect(['joined', 'LogClosed']).toContain(await subscribing);
      const { values, handle } = recorder();
      const { member } = await bench().join({ group, topics: [topic], handle });
      await eventually(() => expect(member.assigned()).toHaveLength(2));
      await log.publish(numbers(4).map((n) => record(topic, String(n), String(n))));
      await eventually(() => expect(inOrder(values().map(Number))).toEqual(numbers(4)));
    });

    it('may come and go many times while records flow: nothing is lost', async () => {
      const { log, topic } = await bench().topic(2);
      const group = bench().name('group');
      const { values, handle } = recorder();
      for (const round of numbers(6)) {
        const { log: own } = await bench().join({ group, topics: [topic], handle });
        await log.publish(numbers(20).map((n) => record(topic, String(n), String(round * 20 + n))));
        await own.close();
      }
      await bench().join({ group, topics: [topic], handle });
      await eventually(() => expect(inOrder([...new Set(values().map(Number))])).toEqual(numbers(120)));
    });

    it('waits for a handler that never ends ten seconds, not for ever', async () => {
      const { log, topic } = await bench().topic(1);
      let begun = 0;
      const { member } = await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: () => ((begun += 1), new Promise(() => undefined)),
      });
      await log.publish([record(topic, 'a', 'x')]);
      await eventually(() => expect(begun).toBe(1));
      const since = performance.now();
      await member.close();
      expect(performance.now() - since).toBeLessThan(16_000);
    });
  });

  describe('a handler', () => {
    it('may throw whatever it likes, also what is no error: the record is given again, nobody dies', async () => {
      const { log, topic } = await bench().topic(6);
      const keys = keysByPartition(6);
      const thrown: readonly unknown[] = [new TypeError('a codec'), new RangeError('x'), undefined, null, 'text', { retriable: false }];
      const { values, handle } = recorder();
      const tried = new Set<string | null>();
      const { member } = await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: async (given, signal) => {
          if (tried.has(given.value)) return handle(given, signal);
          tried.add(given.value);
          throw thrown[given.partition];
        },
      });
      await log.publish(keys.map((key, n) => record(topic, key, String(n))));
      await eventually(() => expect(inOrder(values().map(Number))).toEqual(numbers(6)));
      expect(member.assigned()).toHaveLength(6);
      await log.publish(keys.map((key, n) => record(topic, key, String(6 + n))));
      await eventually(() => expect(inOrder(values().map(Number))).toEqual(numbers(12)));
    });

    it('that asks for later gets it not before and soon after, time and again', async () => {
      const { log, topic } = await bench().topic(1);
      const at: number[] = [];
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: () => {
          at.push(performance.now());
          return Promise.resolve(at.length <= 4 ? { kind: 'later', afterMs: 300 } : { kind: 'done' });
        },
      });
      await log.publish([record(topic, 'a', 'x')]);
      await eventually(() => expect(at).toHaveLength(5));
      for (const [n, moment] of at.slice(1).entries()) {
        const waited = moment - (at[n] ?? 0);
        expect(waited).toBeGreaterThanOrEqual(295);
        expect(waited).toBeLessThan(2_300);
      }
    });

    it('that asks for it again at once does not keep others from theirs', async () => {
      const { log, topic } = await bench().topic(2);
      const [busy = '', calm = ''] = keysByPartition(2);
      const { values, handle } = recorder();
      let asked = 0;
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: (given, signal) =>
          given.key === busy && values().length < 20 ? ((asked += 1), Promise.resolve({ kind: 'later', afterMs: 0 })) : handle(given, signal),
      });
      await log.publish([record(topic, busy, 'busy'), ...numbers(20).map((n) => record(topic, calm, String(n)))]);
      await eventually(() => expect(values()).toEqual([...numbers(20).map(String), 'busy']));
      expect(asked).toBeGreaterThan(0);
    });
  });

  describe('a clock that jumps', () => {
    it('forward and back by an hour delays and loses nothing', async () => {
      const { log, topic } = await bench().topic(1);
      const { values, handle } = recorder();
      const tried = new Set<string | null>();
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: (given, signal) => {
          if (tried.has(given.value)) return handle(given, signal);
          tried.add(given.value);
          return Promise.resolve({ kind: 'later', afterMs: 50 });
        },
      });
      const real = Date.now.bind(Date);
      const clock = jest.spyOn(Date, 'now');
      try {
        for (const [n, hours] of [0, 1, -1, 0].entries()) {
          clock.mockImplementation(() => real() + hours * 3_600_000);
          await untilTaken(() => log.publish([record(topic, 'a', String(n))]));
          await until(() => values().at(-1) === String(n));
        }
      } finally {
        clock.mockRestore();
      }
      expect([...new Set(values())]).toEqual(['0', '1', '2', '3']);
    });
  });

  describe('many', () => {
    it('members: 1,000 records of 16 keys over 10 members come in the order of their keys', async () => {
      const { log, topic } = await bench().topic(12);
      const group = bench().name('group');
      const { seen, handle } = recorder();
      const members: Subscription[] = await Promise.all(
        numbers(10).map(async () => (await bench().join({ group, topics: [topic], handle })).member),
      );
      await eventually(() => expect(inOrder(members.flatMap((member) => member.assigned().map(({ partition }) => partition)))).toEqual(numbers(12)));
      for (const from of numbers(10)) await log.publish(numbers(100).map((n) => record(topic, `key-${n % 16}`, String(from * 100 + n))));
      await eventually(() => expect(new Set(seen.map(({ value }) => value)).size).toBe(1_000));
      for (const key of numbers(16).map((n) => `key-${n}`)) expect(valuesOf(seen, key)).toEqual(inOrder(valuesOf(seen, key)));
      expect(seen).toHaveLength(1_000);
    });

    it('groups: one that stands still holds no other', async () => {
      const { log, topic } = await bench().topic(2);
      await bench().join({ group: bench().name('group'), topics: [topic], handle: () => Promise.resolve({ kind: 'later', afterMs: 60_000 }) });
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
        handle: (given, signal) => (given.value === '0' ? Promise.resolve({ kind: 'later', afterMs: 60_000 }) : before.handle(given, signal)),
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

  describe('a pause', () => {
    it('of a partition that is not held, or a second resume, changes nothing', async () => {
      const { log, topic } = await bench().topic(1);
      const { values, handle } = recorder();
      const { member } = await bench().join({ group: bench().name('group'), topics: [topic], handle });
      member.pause({ topic, partition: 99 });
      member.pause({ topic: bench().name('nowhere'), partition: 0 });
      member.resume({ topic, partition: 0 });
      member.resumeAll();
      await log.publish([record(topic, 'a', 'x')]);
      await eventually(() => expect(values()).toEqual(['x']));
    });

    it('ends with its member: the next holder delivers what had been held back', async () => {
      const { log, topic } = await bench().topic(1);
      const group = bench().name('group');
      const before = recorder();
      const { log: own, member } = await bench().join({ group, topics: [topic], handle: before.handle });
      await eventually(() => expect(member.assigned()).toHaveLength(1));
      member.pause({ topic, partition: 0 });
      await log.publish([record(topic, 'a', 'held'), record(topic, 'a', 'back')]);
      await own.close();
      const { values, handle } = recorder();
      await bench().join({ group, topics: [topic], handle });
      await eventually(() => expect(values()).toEqual(['held', 'back']));
      expect(before.values()).toEqual([]);
    });
  });

  describe('a client', () => {
    it('goes on after everything it was refused', async () => {
      const { log, topic } = await bench().topic(1);
      const refusals = [
        () => log.publish([record(topic, 'a', 'x'.repeat(1_000_001))]),
        () => log.publish([record(bench().name('nowhere'), 'a', 'x')]),
        () => log.publish([record(topic, 'a', '\0')]),
        () => log.seek(bench().name('group'), bench().name('nowhere'), { to: 'latest' }),
        () => log.read({ topic, partition: 99, offset: 0n }, 1),
      ];
      for (const refused of refusals) await expect(refused()).rejects.toThrow();
      await log.publish([record(topic, 'a', 'fine')]);
      expect((await log.read({ topic, partition: 0, offset: 0n }, 9)).map(({ value }) => value)).toEqual(['fine']);
    });

    it('publishes to a topic it was refused, once that exists', async () => {
      const log = await bench().client();
      const name = bench().name('topic');
      await expect(log.publish([record(name, 'a', 'x')])).rejects.toMatchObject({ name: 'UnknownTopic' });
      await (await bench().client()).ensureTopics([{ name, key: 'any', partitions: 1, retentionDays: 1 }]);
      await eventually(() => log.publish([record(name, 'a', 'y')]));
      expect((await log.read({ topic: name, partition: 0, offset: 0n }, 9)).map(({ value }) => value)).toContain('y');
    });
  });
}

/** By the monotonic clock: the other one jumps. */
async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error('it never came');
    await pause(10);
  }
}

/** As the relay publishes: the same batch again until it is taken. */
async function untilTaken(publish: () => Promise<void>): Promise<void> {
  const end = performance.now() + 20_000;
  for (;;) {
    try {
      return await publish();
    } catch (error) {
      if (performance.now() > end) throw error;
      await pause(200);
    }
  }
}
