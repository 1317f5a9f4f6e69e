import { describe, expect, it } from '@jest/globals';
import type { Subscription } from '../event-log.js';
import { type Bench, eventually, keysByPartition, pause, record, recorder } from './contract-bench.js';

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => String(from + n));
const places = (members: readonly Subscription[]): number[] =>
  members.flatMap((member) => member.assigned().map(({ partition }) => partition)).sort((a, b) => a - b);
const sorted = (values: readonly (string | null)[]): number[] => [...new Set(values)].map(Number).sort((a, b) => a - b);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Groups and their members: who gets what, also while members come and go. */
export function groupCases(bench: () => Bench): void {
  describe('groups', () => {
    it('each get every record', async () => {
      const { log, topic } = await bench().topic();
      const [first, second] = [recorder(), recorder()];
      await bench().join({ group: bench().name('group'), topics: [topic], handle: first.handle });
      await log.publish(numbers(0, 40).map((n) => record(topic, n, n)));
      await bench().join({ group: bench().name('group'), topics: [topic], handle: second.handle });
      await eventually(() => expect([sorted(first.values()), sorted(second.values())]).toEqual([upTo(40), upTo(40)]));
    });

    it('get the records of several topics', async () => {
      const { log, topic } = await bench().topic(2);
      const { topic: other } = await bench().topic(3);
      const { seen, handle } = recorder();
      await bench().join({ group: bench().name('group'), topics: [topic, other], handle });
      await log.publish([record(topic, 'a', '1'), record(other, 'a', '2')]);
      await eventually(() =>
        expect(seen.map(({ topic: of, value }) => [of, value]).sort()).toEqual(
          [
            [topic, '1'],
            [other, '2'],
          ].sort(),
        ),
      );
    });

    it('get the records of a key in the order they were published', async () => {
      const { log, topic } = await bench().topic();
      const { seen, handle } = recorder();
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: async (given, signal) => (await pause(Math.random() * 2), handle(given, signal)),
      });
      for (let from = 0; from < 200; from += 20)
        await log.publish(numbers(from, from + 20).map((n) => record(topic, `key-${Number(n) % 10}`, n)));
      await eventually(() => expect(seen).toHaveLength(200));
      for (const key of new Set(seen.map((given) => given.key))) {
        const ranks = seen.filter((given) => given.key === key).map(({ value }) => Number(value));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }
    });

    it('that begin at the latest record see only what comes after', async () => {
      const { log, topic } = await bench().topic(2);
      await log.publish(numbers(0, 10).map((n) => record(topic, n, n)));
      const { handle, values } = recorder();
      const { member } = await bench().join({ group: bench().name('group'), topics: [topic], from: 'latest', handle });
      await eventually(() => expect(places([member])).toEqual([0, 1]));
      await log.publish(numbers(10, 20).map((n) => record(topic, n, n)));
      await eventually(() => expect(values()).toHaveLength(10));
      expect(sorted(values())).toEqual(upTo(20).slice(10));
    });

    it('go on where they stopped, after a restart', async () => {
      const { log, topic } = await bench().topic();
      const group = bench().name('group');
      const [before, after] = [recorder(), recorder()];
      const first = await bench().join({ group, topics: [topic], handle: before.handle });
      await log.publish(numbers(0, 30).map((n) => record(topic, n, n)));
      await eventually(() => expect(before.seen).toHaveLength(30));
      await first.log.close();
      await log.publish(numbers(30, 50).map((n) => record(topic, n, n)));
      await bench().join({ group, topics: [topic], handle: after.handle });
      await eventually(() => expect(after.seen).toHaveLength(20));
      expect(sorted(after.values())).toEqual(upTo(50).slice(30));
    });
  });

  describe('members of one group', () => {
    it('share its partitions, and each record goes to one of them', async () => {
      const { log, topic } = await bench().topic(4);
      const group = bench().name('group');
      const shared = recorder();
      const members = await Promise.all(
        [1, 2].map(async () => (await bench().join({ group, topics: [topic], handle: shared.handle })).member),
      );
      await eventually(() =>
        expect([places(members), members.map((member) => member.assigned().length)]).toEqual([
          [0, 1, 2, 3],
          [2, 2],
        ]),
      );
      await log.publish(numbers(0, 100).map((n) => record(topic, n, n)));
      await eventually(() => expect(sorted(shared.values())).toEqual(upTo(100)));
      expect(shared.seen).toHaveLength(100);
    });

    it('may be more than there are partitions', async () => {
      const { log, topic } = await bench().topic(3);
      const group = bench().name('group');
      const shared = recorder();
      const members = await Promise.all(
        upTo(6).map(async () => (await bench().join({ group, topics: [topic], handle: shared.handle })).member),
      );
      await eventually(() =>
        expect([places(members), members.filter((member) => member.assigned().length > 0).length]).toEqual([[0, 1, 2], 3]),
      );
      await log.publish(numbers(0, 30).map((n) => record(topic, n, n)));
      await eventually(() => expect(sorted(shared.values())).toEqual(upTo(30)));
    });

    it('come and go under load: nothing is lost, and the order per key holds', async () => {
      const { log, topic } = await bench().topic(4);
      const group = bench().name('group');
      const shared = recorder();
      const keys = keysByPartition(4);
      const first = await bench().join({ group, topics: [topic], handle: shared.handle });
      const publish = async (from: number, to: number): Promise<void> => {
        for (const n of numbers(from, to)) await log.publish([record(topic, keys[Number(n) % 4] ?? '', n)]);
      };
      await publish(0, 40);
      const second = (await Promise.all([publish(40, 120), bench().join({ group, topics: [topic], handle: shared.handle })]))[1];
      await eventually(() => expect([first.member.assigned().length, second.member.assigned().length]).toEqual([2, 2]));
      await Promise.all([publish(120, 200), first.log.close()]);
      await eventually(() => expect(places([second.member])).toEqual([0, 1, 2, 3]));
      await publish(200, 220);
      await eventually(() => expect(sorted(shared.values())).toEqual(upTo(220)));
      for (const key of keys) {
        const firstTimes = [...new Set(shared.seen.filter((given) => given.key === key).map(({ value }) => Number(value)))];
        expect(firstTimes).toEqual([...firstTimes].sort((a, b) => a - b));
      }
    });

    it('that close finish what they have in hand, commit it, and may be closed again', async () => {
      const { log, topic } = await bench().topic(1);
      const group = bench().name('group');
      const before = recorder();
      const { member } = await bench().join({
        group,
        topics: [topic],
        handle: async (given, signal) => (await pause(200), before.handle(given, signal)),
      });
      await log.publish(numbers(0, 5).map((n) => record(topic, 'a', n)));
      await eventually(() => expect(before.seen).toHaveLength(1));
      await member.close();
      await member.close();
      const handled = before.seen.length;
      const after = recorder();
      await bench().join({ group, topics: [topic], handle: after.handle });
      await eventually(() => expect([...before.values(), ...after.values()].map(Number)).toEqual(upTo(5)));
      expect(before.seen).toHaveLength(handled);
    });

    it('are told by the signal that they close', async () => {
      const { log, topic } = await bench().topic(1);
      const signals: boolean[] = [];
      const { member } = await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: async (_, signal) => {
          signals.push(signal.aborted);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          signals.push(signal.aborted);
          return { kind: 'later', afterMs: 10 };
        },
      });
      await log.publish([record(topic, 'a', 'x')]);
      await eventually(() => expect(signals).toEqual([false]));
      await member.close();
      expect(signals).toEqual([false, true]);
    });
  });
}
