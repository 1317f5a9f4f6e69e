import { DrainNotice } from './drain-notice.js';

describe('a storefront that is told to end', () => {
  it('says so first, and its streams work on until the notice is over', async () => {
    const seen: string[] = [];
    const part = (name: string) => ({
      name,
      start: () => Promise.resolve(void seen.push(`${name} started`)),
      stop: () => Promise.resolve(void seen.push(`${name} stopped`)),
    });
    const notice = new DrainNotice(50, [part('live'), part('jobs')], () => true);
    await notice.start();
    expect([notice.isGiven(), seen]).toEqual([false, ['live started', 'jobs started']]);
    const stopped = notice.stop();
    expect([notice.isGiven(), seen.length]).toEqual([true, 2]);
    await stopped;
    expect(seen.slice(2)).toEqual(['live stopped', 'jobs stopped']);
  });

  it('goes at once when it has never served, as its boot failed', async () => {
    await new DrainNotice(600_000, [], () => false).stop();
  });
});
