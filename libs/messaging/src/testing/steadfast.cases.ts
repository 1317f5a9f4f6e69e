import { describe, expect, it, jest } from '@jest/globals';
import { type Bench, eventually, keysByPartition, pause, record, recorder } from './contract-bench.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const inOrder = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** What a log must stand: members in a hurry, handlers that throw anything, clocks that jump, clients that were refused. */
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
          given.key === busy && values().length < 20
            ? ((asked += 1), Promise.resolve({ kind: 'later', afterMs: 0 }))
            : handle(given, signal),
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
