import { setTimeout as sleep } from 'node:timers/promises';
import type { jobsV1 } from '@tandem/contracts';
import { createLogger, notFound, Refusal } from '@tandem/host';
import type { Growth, LiveFeed } from './domain/live-feed.js';
import { jobEvent } from './features/jobs.http.js';
import { LiveStreams, OpenStreams } from './features/live-streams.js';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

const mine = 'docjob_01h455vb4pex5vsknk084sn02q';

describe('jobs at the edge', () => {
  let job: jobsV1.Job;
  let tell: (growth: Growth) => void;
  let live: LiveStreams;
  let storefront: SpecStorefront;

  const becomes = (change: Partial<jobsV1.Job>): void => {
    job = { ...job, ...change, version: job.version + 1 };
    tell({ ids: [mine], isAny: false });
  };
  beforeEach(async () => {
    job = {
      id: mine,
      kind: 'invoice',
      state: 'queued',
      progress: 0,
      version: 1,
      createdAt: '2026-11-21T12:00:00.000Z',
      changedAt: '2026-11-21T12:00:00.000Z',
      resultJson: undefined,
      failure: undefined,
    };
    const feed: LiveFeed = {
      follow: (onGrowth) => void (tell = onGrowth),
      read: async (positions) => (
        await sleep(1),
        new Map(positions.filter(({ id, after }) => id === mine && after < job.version).map(({ id }) => [id, [jobEvent(job)]]))
      ),
      stop: () => undefined,
    };
    live = new LiveStreams('spec jobs', { feed, open: new OpenStreams(), logger: createLogger('spec', 'silent') });
    await live.start();
    const peer = {
      getJob: ({ jobId }: jobsV1.JobRequest) => (jobId === mine ? Promise.resolve(job) : Promise.reject(notFound())),
      cancelJob: () => (job.state === 'done' ? Promise.reject(new Refusal('job-ended')) : Promise.resolve({ ...job, state: 'cancelled' })),
    };
    storefront = await startStorefront({ jobs: { docjob: { peer, live } } });
  });
  afterEach(async () => {
    await live.stop();
    await storefront.close();
  });

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${storefront.url}${path}`, { ...init, headers: { authorization: 'Bearer customer:cus_1', ...init.headers } });

  it('shows how far one is, and what came of it', async () => {
    expect(await (await ask(`/v1/jobs/${mine}`)).json()).toEqual({
      id: mine,
      kind: 'invoice',
      state: 'queued',
      progress: 0,
      createdAt: job.createdAt,
      changedAt: job.changedAt,
    });
    becomes({ state: 'done', progress: 100, resultJson: '{"number":"INV-1"}' });
    expect(await (await ask(`/v1/jobs/${mine}`)).json()).toMatchObject({ state: 'done', result: { number: 'INV-1' } });
  });

  it.each(['docjob_x', 'other_01h455vb4pex5vsknk084sn02q', 'constructor_1', 'docjob', '__proto__'])('does not find %s', async (id) => {
    expect([(await ask(`/v1/jobs/${id}`)).status, (await ask(`/v1/jobs/${id}/stream`)).status]).toEqual([404, 404]);
  });

  it('streams the states as they come, and ends after the last', async () => {
    const response = await ask(`/v1/jobs/${mine}/stream`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events: string[] = [];
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const seen = [...text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.+)$/gm)].map(([, id, event]) => `${id} ${event}`);
      if (seen.length > events.length) {
        events.splice(0, events.length, ...seen);
        if (job.state === 'queued') becomes({ state: 'running', progress: 10 });
        else if (job.state === 'running') becomes({ state: 'failed', failure: 'rendering-failed' });
      }
    }
    expect(events).toEqual(['1 queued', '2 running', '3 failed']);
  });

  it('has nothing more for who has the last event, so that no client comes back for ever', async () => {
    becomes({ state: 'done', resultJson: '{}' });
    expect((await ask(`/v1/jobs/${mine}/stream`, { headers: { 'last-event-id': '2' } })).status).toBe(204);
    expect(await (await ask(`/v1/jobs/${mine}/stream`, { headers: { 'last-event-id': '1' } })).text()).toContain('event: done');
  });

  it('cancels what has not ended', async () => {
    expect(await (await ask(`/v1/jobs/${mine}/cancel`, { method: 'POST' })).json()).toMatchObject({ state: 'cancelled' });
    becomes({ state: 'done', resultJson: '{}' });
    const refused = await ask(`/v1/jobs/${mine}/cancel`, { method: 'POST' });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, 'job-ended']);
  });
});
