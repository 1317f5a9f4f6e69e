import { createLogger } from '@tandem/host';
import { LiveStreams, OpenStreams } from './live-streams.js';

const logger = createLogger('spec', 'silent');
const feed = { follow: () => undefined, read: () => Promise.resolve(new Map()), stop: () => undefined };

describe('open streams', () => {
  it('of every kind count together, and one that is closed makes room', async () => {
    const open = new OpenStreams();
    const kinds = ['orders', 'jobs'].map((name) => new LiveStreams(name, { feed, open, logger }));
    const follow = (index: number) => kinds[index % 2]?.run({ id: `id_${index}`, principalId: 'cus_1', after: 0 });
    const streams = Array.from({ length: 10 }, (_, index) => follow(index));
    expect(() => follow(0)).toThrow('at most 10 open streams each');
    expect(() => follow(1)).toThrow('at most 10 open streams each');
    kinds[0]?.run({ id: 'id_0', principalId: 'cus_2', after: 0 }).destroy();
    const closed = new Promise((resolve) => streams[0]?.on('close', resolve));
    streams[0]?.destroy();
    await closed;
    follow(1)?.destroy();
    for (const stream of streams) stream?.destroy();
    for (const kind of kinds) await kind.stop();
  });
});
