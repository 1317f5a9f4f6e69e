import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { eventually, keysByPartition, record, recorder } from './testing/contract-bench.js';
import type { MemberNews, MemberOrders } from './testing/spec-member.js';
import { type RealLog, onRealLogs } from './testing/spec-real-logs.js';

jest.setTimeout(60_000);

/** A member that is a process of its own, from the build. */
type Member = {
  readonly begun: string[];
  readonly done: string[];
  joined(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Lets it finish what it holds. */
  go(): void;
};

onRealLogs((open) => {
  let real: RealLog;
  const children: ChildProcess[] = [];
  beforeAll(async () => void (real = await open()), 30_000);
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
  afterAll(() => real.drop(), 30_000);

  function member(orders: Pick<MemberOrders, 'group' | 'topic'>): Member {
    const child = fork('libs/messaging/dist/testing/spec-member.js', [JSON.stringify({ ...orders, address: real.address })], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    const news: MemberNews[] = [];
    child.on('message', (told) => news.push(told as MemberNews));
    const valuesOf = (kind: string): string[] => news.flatMap((one) => ('value' in one && one.kind === kind ? [one.value] : []));
    return {
      get begun() {
        return valuesOf('begun');
      },
      get done() {
        return valuesOf('done');
      },
      joined: () => news.some(({ kind }) => kind === 'joined'),
      signal: (name) => void child.kill(name),
      go: () => void child.send('go'),
    };
  }

  async function stage(partitions: number) {
    const log = real.client();
    const name = `die-${randomBytes(6).toString('hex')}`;
    await log.ensureTopics([{ name, key: 'any', partitions, retentionDays: 1 }]);
    return { log, topic: name, group: name };
  }

  it('a member killed in mid-handler loses nothing: the record in hand and all behind it go to the next, in order', async () => {
    const { log, topic, group } = await stage(2);
    const [sick = '', well = ''] = keysByPartition(2);
    const first = member({ group, topic });
    await eventually(() => expect(first.joined()).toBe(true));
    await log.publish([record(topic, sick, 'a1'), record(topic, sick, 'hold'), record(topic, sick, 'a3'), record(topic, well, 'b1')]);
    await eventually(() => expect([...first.begun].sort()).toEqual(['a1', 'b1', 'hold']));
    first.signal('SIGKILL');
    const { seen, handle } = recorder();
    await log.subscribe({ group, topics: [topic], handle });
    await eventually(() => expect(new Set(seen.map(({ value }) => value))).toContain('a3'));
    const ofSick = seen.filter(({ key }) => key === sick).map(({ value }) => value);
    expect(ofSick.slice(-2)).toEqual(['hold', 'a3']);
    expect(['', 'a1']).toContain(ofSick.slice(0, -2).join());
    await eventually(async () => expect((await log.lag(group)).map(({ lag }) => lag)).toEqual([0n, 0n]));
  });

  it('a member that was stopped in mid-handler and wakes as a zombie moves no offset back and is let in again', async () => {
    const { log, topic, group } = await stage(1);
    const zombie = member({ group, topic });
    await eventually(() => expect(zombie.joined()).toBe(true));
    await log.publish([record(topic, 'a', 'hold'), record(topic, 'a', '2'), record(topic, 'a', '3')]);
    await eventually(() => expect(zombie.begun).toEqual(['hold']));
    zombie.signal('SIGSTOP');
    const { values, handle } = recorder();
    const heir = await real.client().subscribe({ group, topics: [topic], handle });
    await eventually(() => expect(values()).toEqual(['hold', '2', '3']));
    await eventually(async () => expect((await log.lag(group)).map(({ committed }) => committed)).toEqual([3n]));
    zombie.signal('SIGCONT');
    zombie.go();
    await eventually(() => expect(zombie.done).toContain('hold'));
    await eventually(async () => expect((await log.lag(group)).map(({ committed }) => committed)).toEqual([3n]));
    await log.publish([record(topic, 'a', '4')]);
    await eventually(() => expect([...zombie.begun, ...values().slice(3)]).toContain('4'));
    await eventually(async () => expect((await log.lag(group)).map(({ committed }) => committed)).toEqual([4n]));
    // What it had fetched before it was stopped it may handle before it learns that it is out: the consumers' marks are for that.
    expect(zombie.begun.filter((value) => value !== '4')).toEqual(
      ['hold', '2', '3'].slice(0, zombie.begun.filter((value) => value !== '4').length),
    );
    await heir.close();
    await eventually(async () => {
      await log.publish([record(topic, 'a', 'last')]);
      expect(zombie.done).toContain('last');
    });
  });

  it('10,000 records of 100 publishers come through while every connection is cut after a third, a half and two thirds', async () => {
    const { log, topic, group } = await stage(6);
    const { seen, handle } = recorder();
    await real.client().subscribe({ group, topics: [topic], handle });
    await real.client().subscribe({ group, topics: [topic], handle });
    const publishers = Array.from({ length: 100 }, (_, n) => n);
    const clients = [log, ...Array.from({ length: 4 }, () => real.client())];
    let published = 0;
    const cuts = [3_333, 5_000, 6_666];
    await Promise.all(
      publishers.map(async (publisher) => {
        for (let batch = 0; batch < 10; batch += 1) {
          const records = Array.from({ length: 10 }, (_, n) => record(topic, `p${publisher}`, String(batch * 10 + n)));
          await eventually(() => clients[publisher % 5]?.publish(records));
          published += 10;
          if (published >= (cuts[0] ?? Infinity)) {
            cuts.shift();
            await real.cut();
          }
        }
      }),
    );
    await eventually(() => expect(new Set(seen.map(({ key, value }) => `${key}/${value}`)).size).toBe(10_000));
    for (const publisher of publishers) {
      const firsts = [...new Set(seen.filter(({ key }) => key === `p${publisher}`).map(({ value }) => Number(value)))];
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    }
  });
});
