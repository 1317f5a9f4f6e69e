import { describe, expect, it } from '@jest/globals';
import { type Bench, eventually, pause, record, recorder } from './contract-bench.js';

/** Lag, replay and other moves of a group. Groups are moved while none of their members runs: every log can do that. */
export function positionCases(bench: () => Bench): void {
  const handled = async (options: {
    readonly topic: string;
    readonly group: string;
    readonly count: number;
  }): Promise<readonly (string | null)[]> => {
    const { seen, handle, values } = recorder();
    const { log } = await bench().join({ group: options.group, topics: [options.topic], handle });
    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(options.count));
    await log.close();
    return values();
  };
  const five = async () => {
    const { log, topic } = await bench().topic(1);
    await log.publish(['0', '1', '2', '3', '4'].map((value) => record(topic, 'a', value)));
    return { log, topic, group: bench().name('group') };
  };

  describe('the lag of a group', () => {
    it('is what it has not committed, per partition', async () => {
      const { log, topic, group } = await five();
      await handled({ topic, group, count: 5 });
      expect(await log.lag(group)).toEqual([{ topic, partition: 0, committed: 5n, end: 5n, lag: 0n }]);
      await log.publish([record(topic, 'a', '5'), record(topic, 'a', '6')]);
      expect(await log.lag(group)).toEqual([{ topic, partition: 0, committed: 5n, end: 7n, lag: 2n }]);
    });

    it('counts everything for a member that has handled nothing yet', async () => {
      const { log, topic, group } = await five();
      const { member } = await bench().join({ group, topics: [topic], handle: () => Promise.resolve({ kind: 'later', afterMs: 60_000 }) });
      await eventually(() => expect(member.assigned()).toHaveLength(1));
      expect(await log.lag(group)).toEqual([{ topic, partition: 0, committed: 0n, end: 5n, lag: 5n }]);
    });

    it('falls to zero while a member runs', async () => {
      const { log, topic, group } = await five();
      await bench().join({ group, topics: [topic], handle: recorder().handle });
      await eventually(async () => expect(await log.lag(group)).toEqual([{ topic, partition: 0, committed: 5n, end: 5n, lag: 0n }]));
    });

    it('is empty for a group nobody knows', async () => {
      expect(await (await bench().client()).lag(bench().name('group'))).toEqual([]);
    });
  });

  describe('a group that is moved', () => {
    it('replays from the beginning', async () => {
      const { log, topic, group } = await five();
      await handled({ topic, group, count: 5 });
      await log.seek(group, topic, { to: 'earliest' });
      expect(await handled({ topic, group, count: 5 })).toEqual(['0', '1', '2', '3', '4']);
    });

    it('begins at an offset of one partition, also before it has ever run', async () => {
      const { log, topic, group } = await five();
      await log.seek(group, topic, { partition: 0, offset: 3n });
      expect(await handled({ topic, group, count: 2 })).toEqual(['3', '4']);
    });

    it('begins after the last record', async () => {
      const { log, topic, group } = await five();
      await log.seek(group, topic, { to: 'latest' });
      await log.publish([record(topic, 'a', 'new')]);
      expect(await handled({ topic, group, count: 1 })).toEqual(['new']);
    });

    it('begins at a time', async () => {
      const { log, topic, group } = await five();
      await pause(20);
      const time = new Date();
      await pause(20);
      await log.publish([record(topic, 'a', '5'), record(topic, 'a', '6')]);
      await log.seek(group, topic, { time });
      expect(await handled({ topic, group, count: 2 })).toEqual(['5', '6']);
    });

    it('needs a topic that exists', async () => {
      const log = await bench().client();
      await expect(log.seek(bench().name('group'), bench().name('nowhere'), { to: 'earliest' })).rejects.toMatchObject({
        name: 'UnknownTopic',
      });
    });
  });
}
