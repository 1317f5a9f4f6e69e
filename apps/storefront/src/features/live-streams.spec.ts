import { jest } from '@jest/globals';
import { createLogger } from '@tandem/host';
import { heartbeat, opening, type StreamedEvent } from '../domain/event-stream.js';
import { type Following, LiveStreams, OpenStreams } from './live-streams.js';

const logger = createLogger('spec', 'silent');
const nothing = { follow: () => undefined, read: () => Promise.resolve(new Map<string, StreamedEvent[]>()), stop: () => undefined };
const aStream = (of: Partial<Following> = {}): Following => ({ id: 'id_1', principalId: 'cus_1', after: 0, ...of });

describe('open streams', () => {
  it('of every kind count together, and one that is closed makes room', async () => {
    const open = new OpenStreams();
    const kinds = ['orders', 'jobs'].map((name) => new LiveStreams(name, { feed: nothing, open, logger }));
    const follow = (index: number) => kinds[index % 2]?.run(aStream({ id: `id_${index}` }));
    const streams = Array.from({ length: 10 }, (_, index) => follow(index));
    expect(() => follow(0)).toThrow('at most 10 open streams each');
    expect(() => follow(1)).toThrow('at most 10 open streams each');
    kinds[0]?.run(aStream({ id: 'id_0', principalId: 'cus_2' })).destroy();
    const closed = new Promise((resolve) => streams[0]?.on('close', resolve));
    streams[0]?.destroy();
    await closed;
    follow(1)?.destroy();
    for (const stream of streams) stream?.destroy();
    for (const kind of kinds) await kind.stop();
  });

  it('are at most 5,000 in one process, whoever has them', () => {
    const open = new OpenStreams();
    for (let index = 0; index < 5_000; index += 1) open.opened(`cus_${index}`);
    expect(() => open.refuseUnlessRoom('cus_x')).toThrow('too many open streams');
    open.closed('cus_0');
    open.refuseUnlessRoom('cus_x');
  });
});

describe('every 15 seconds an open stream', () => {
  const beat = 15_000;
  let live: LiveStreams;
  let open: OpenStreams;
  let events: StreamedEvent[];

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    events = [];
    open = new OpenStreams();
    const read = async ([position]: readonly { id: string; after: number }[]) =>
      new Map(position ? [[position.id, events.filter(({ sequence }) => sequence > position.after)]] : []);
    live = new LiveStreams('spec', { feed: { ...nothing, read }, open, logger });
    await live.start();
  });
  afterEach(async () => {
    await live.stop();
    jest.useRealTimers();
  });

  /** Lets what is ready to run do so. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const later = async (ms: number): Promise<void> => {
    jest.advanceTimersByTime(ms);
    await settled();
  };

  it('has a heartbeat, and not sooner', async () => {
    const [one, two] = ['', ''].map(() => {
      const seen: string[] = [];
      live.run(aStream()).on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      return seen;
    });
    await settled();
    await later(beat - 1);
    expect([one, two]).toEqual([[opening], [opening]]);
    await later(1);
    await later(beat);
    const whole = [opening, heartbeat, heartbeat];
    expect([one, two]).toEqual([whole, whole]);
  });

  it('gets what has happened though nobody told', async () => {
    let seen = '';
    live.run(aStream()).on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await settled();
    events.push({ sequence: 1, type: 'order.placed', body: {} });
    await later(beat - 1);
    expect(seen).toBe(opening);
    await later(1);
    await settled();
    expect(seen).toBe(`${opening}${heartbeat}id: 1\nevent: order.placed\ndata: {}\n\n`);
  });

  it('whose reader does not read gets nothing more, is let go at the fourth, and makes room', async () => {
    const streams = Array.from({ length: 10 }, () => live.run(aStream()));
    await settled();
    for (let count = 1; count <= 3; count += 1) await later(beat);
    expect(streams.map(({ destroyed, readableLength }) => [destroyed, readableLength])).toEqual(streams.map(() => [false, opening.length]));
    expect(() => open.refuseUnlessRoom('cus_1')).toThrow('at most 10 open streams each');
    await later(beat);
    expect(streams.every(({ destroyed }) => destroyed)).toBe(true);
    open.refuseUnlessRoom('cus_1');
  });

  it('whose reader is slow stays open as long as it reads in between', async () => {
    const stream = live.run(aStream());
    await settled();
    for (let count = 1; count <= 12; count += 1) {
      await later(beat);
      if (count % 3 === 0) while (stream.read() !== null) continue;
      await settled();
    }
    expect(stream.destroyed).toBe(false);
    stream.destroy();
  });
});
