import { describe, expect, it } from '@jest/globals';
import { type Bench, eventually, gate, keysByPartition, record, recorder } from './contract-bench.js';

/** Redelivery, pauses, and partitions that must not wait for each other. */
export function deliveryCases(bench: () => Bench): void {
  describe('a record that is not done', () => {
    it('is given again, before anything behind it, while other partitions flow', async () => {
      const { log, topic } = await bench().topic(2);
      const [sick = '', well = ''] = keysByPartition(2);
      const { values, handle } = recorder();
      const cure = gate();
      const state = { cured: false };
      void cure.passed.then(() => (state.cured = true));
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: (given, signal) =>
          given.value === 'sick' && !state.cured ? Promise.resolve({ kind: 'later', afterMs: 50 }) : handle(given, signal),
      });
      await log.publish([record(topic, sick, 'sick'), record(topic, sick, 'behind'), record(topic, well, '1'), record(topic, well, '2')]);
      await eventually(() => expect(values()).toEqual(['1', '2']));
      await log.publish([record(topic, well, '3')]);
      await eventually(() => expect(values()).toEqual(['1', '2', '3']));
      cure.open();
      await eventually(() => expect(values()).toEqual(['1', '2', '3', 'sick', 'behind']));
    });

    it('is given again ten times without the member leaving', async () => {
      const { log, topic } = await bench().topic(1);
      const { seen, handle } = recorder();
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: async (given, signal) => {
          await handle(given, signal);
          return seen.length < 10 ? { kind: 'later', afterMs: 5 } : { kind: 'done' };
        },
      });
      await log.publish([record(topic, 'a', 'x'), record(topic, 'a', 'y')]);
      await eventually(() => expect(seen.map(({ value, offset }) => `${value}${offset}`)).toEqual([...Array<string>(10).fill('x0'), 'y1']));
    });

    it('because its handler threw is given again after a second', async () => {
      const { log, topic } = await bench().topic(1);
      const times: number[] = [];
      const { values, handle } = recorder();
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: (given, signal) => {
          times.push(Date.now());
          if (times.length === 1) throw new TypeError('a bug in a handler');
          return handle(given, signal);
        },
      });
      await log.publish([record(topic, 'a', 'x')]);
      await eventually(() => expect(values()).toEqual(['x']));
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(950);
    });

    it('is given to the next member of the group', async () => {
      const { log, topic } = await bench().topic(1);
      const group = bench().name('group');
      const before: (string | null)[] = [];
      const first = await bench().join({
        group,
        topics: [topic],
        handle: ({ value }) => {
          before.push(value);
          return Promise.resolve(value === '2' ? { kind: 'later', afterMs: 60_000 } : { kind: 'done' });
        },
      });
      await log.publish(['1', '2', '3'].map((value) => record(topic, 'a', value)));
      await eventually(() => expect(before).toEqual(['1', '2']));
      await first.log.close();
      const { values, handle } = recorder();
      await bench().join({ group, topics: [topic], handle });
      await eventually(() => expect(values()).toEqual(['2', '3']));
    });
  });

  describe('a partition', () => {
    it('gives one record at a time, and does not wait for another that is slow', async () => {
      const { log, topic } = await bench().topic(3);
      const [slow = '', ...quick] = keysByPartition(3);
      const hold = gate();
      const { values, handle } = recorder();
      const started: (string | null)[] = [];
      await bench().join({
        group: bench().name('group'),
        topics: [topic],
        handle: async (given, signal) => {
          started.push(given.value);
          if (given.key === slow) await hold.passed;
          return handle(given, signal);
        },
      });
      await log.publish([record(topic, slow, 's1'), record(topic, slow, 's2')]);
      await eventually(() => expect(started).toEqual(['s1']));
      for (const round of [1, 2, 3]) {
        await log.publish(quick.map((key) => record(topic, key, `q${round}`)));
        await eventually(() => expect(values()).toHaveLength(round * 2));
      }
      expect(started.filter((value) => value?.startsWith('s'))).toEqual(['s1']);
      hold.open();
      await eventually(() => expect(values().slice(6)).toEqual(['s1', 's2']));
    });

    it('that is paused gives nothing until it is resumed, while others flow', async () => {
      const { log, topic } = await bench().topic(2);
      const [still = '', moving = ''] = keysByPartition(2);
      const { values, handle } = recorder();
      const { member } = await bench().join({ group: bench().name('group'), topics: [topic], handle });
      await eventually(() => expect(member.assigned()).toHaveLength(2));
      member.pause({ topic, partition: 0 });
      await log.publish([record(topic, still, 'p1'), record(topic, still, 'p2'), record(topic, moving, '1')]);
      await eventually(() => expect(values()).toEqual(['1']));
      await log.publish([record(topic, moving, '2')]);
      await eventually(() => expect(values()).toEqual(['1', '2']));
      member.resume({ topic, partition: 0 });
      await eventually(() => expect(values()).toEqual(['1', '2', 'p1', 'p2']));
    });

    it('waits with all others while everything is paused, a later assignment included', async () => {
      const { log, topic } = await bench().topic(2);
      const group = bench().name('group');
      const { values, handle } = recorder();
      const other = recorder();
      const { member } = await bench().join({ group, topics: [topic], handle });
      member.pauseAll();
      const second = await bench().join({ group, topics: [topic], handle: other.handle });
      await eventually(() => expect([member.assigned().length, second.member.assigned().length]).toEqual([1, 1]));
      await second.log.close();
      await eventually(() => expect(member.assigned()).toHaveLength(2));
      await log.publish(['1', '2', '3', '4'].map((value) => record(topic, value, value)));
      const probe = recorder();
      await bench().join({ group: bench().name('group'), topics: [topic], handle: probe.handle });
      await eventually(() => expect(probe.seen).toHaveLength(4));
      expect([...values(), ...other.values()]).toEqual([]);
      member.resumeAll();
      await eventually(() => expect(values().sort()).toEqual(['1', '2', '3', '4']));
    });
  });
}
