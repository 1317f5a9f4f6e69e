import { aCaller } from '../testing/spec-caller.js';
import { createSpecDatabase, type SpecDatabase } from '../testing/spec-database.js';
import { newUuid, toPublicId } from '../ids.js';
import { JobsGrpc, JobSources } from './jobs.grpc.js';
import type { Jobs } from './jobs.js';
import { EMPTY } from 'rxjs';
import { pgJobs } from './pg-jobs.js';

describe('jobs', () => {
  let spec: SpecDatabase;
  let jobs: Jobs;
  let changes: string[];
  let failures: string[];

  beforeAll(async () => {
    spec = await createSpecDatabase('host');
  });
  afterAll(() => spec.drop());
  beforeEach(() => {
    [changes, failures] = [[], []];
    jobs = pgJobs(spec.database, (id, failure) => {
      changes.push(id);
      if (failure !== undefined) failures.push(failure);
    });
  });

  const queued = async (): Promise<string> => {
    const id = newUuid();
    await spec.database.transaction((tx) => jobs.create(tx, { id, kind: 'invoice', ownerId: 'cus_1' }));
    return id;
  };
  const running = async (): Promise<string> => {
    const id = await queued();
    await spec.database.transaction((tx) => jobs.start(tx, id));
    return id;
  };
  const seen = async (id: string) => {
    const job = await jobs.find(id);
    return job && { state: job.state, progress: job.progress, result: job.result, failure: job.failure, version: job.version };
  };
  const finish = (id: string, result: unknown = { ok: true }) => spec.database.transaction((tx) => jobs.finish(tx, id, result));
  const cancel = (id: string) => spec.database.transaction((tx) => jobs.cancel(tx, id));

  it('goes from queued over running with progress to done, and tells each change once after its commit', async () => {
    const id = await queued();
    expect(await seen(id)).toEqual({ state: 'queued', progress: 0, result: null, failure: null, version: 1 });
    await spec.database.transaction(async (tx) => {
      await jobs.start(tx, id);
      expect(changes).toEqual([id]); // not before the commit
    });
    expect([await jobs.progress(id, 40), await jobs.progress(id, 10)]).toEqual([true, true]);
    expect(await seen(id)).toEqual({ state: 'running', progress: 40, result: null, failure: null, version: 4 });
    expect(await finish(id, { sha256: 'x' })).toBe(true);
    expect(await seen(id)).toEqual({ state: 'done', progress: 100, result: { sha256: 'x' }, failure: null, version: 5 });
    expect(changes).toEqual([id, id, id, id, id]);
  });

  it('is created once, and not at all when the transaction is rolled back', async () => {
    const id = await running();
    await spec.database.transaction((tx) => jobs.create(tx, { id, kind: 'invoice', ownerId: null }));
    expect(await seen(id)).toMatchObject({ state: 'running' });
    const other = newUuid();
    await spec.database
      .transaction(async (tx) => {
        await jobs.create(tx, { id: other, kind: 'invoice', ownerId: null });
        throw new Error('no');
      })
      .catch(() => undefined);
    expect([await seen(other), changes.includes(other)]).toEqual([undefined, false]);
  });

  it('that was cancelled is not started, and its worker stops at the next step', async () => {
    const [early, late] = [await queued(), await running()];
    expect([(await cancel(early))?.state, (await cancel(late))?.state]).toEqual(['cancelled', 'cancelled']);
    expect(await spec.database.transaction((tx) => jobs.start(tx, early))).toBeUndefined();
    expect([await jobs.progress(late, 50), await finish(late), await jobs.fail(late, 'x')]).toEqual([false, false, false]);
    expect(await seen(late)).toMatchObject({ state: 'cancelled', progress: 0, result: null });
  });

  it('that is cancelled under a key is answered the same under it, and no other is', async () => {
    const grpc = new JobsGrpc(new JobSources('mediaJob', jobs, { run: () => EMPTY }, spec.database));
    const replays: true[] = [];
    const staff = aCaller({ kind: 'user', principal: { id: 'cus_9', kind: 'staff' } }, 'cancel-1', () => void replays.push(true));
    const [one, other] = [{ jobId: toPublicId('mediaJob', await queued()) }, { jobId: toPublicId('mediaJob', await queued()) }];
    const first = await grpc.cancel(one, staff);
    expect([first.state, await grpc.cancel(one, staff), replays]).toEqual(['cancelled', first, [true]]);
    await expect(grpc.cancel(other, staff)).rejects.toMatchObject({ problem: { code: 'idempotency-key-reused' } });
  });

  it('that has ended cannot be cancelled, and cancelling twice changes nothing', async () => {
    const id = await running();
    await finish(id);
    expect((await cancel(id))?.state).toBe('done');
    const other = await queued();
    await cancel(other);
    expect([(await cancel(other))?.version, await cancel(newUuid())]).toEqual([2, undefined]);
  });

  it('that failed says why, once, and is started again when its message is replayed', async () => {
    const id = await running();
    expect([await jobs.fail(id, 'rendering-failed'), await jobs.fail(id, 'rendering-failed')]).toEqual([true, false]);
    expect(await seen(id)).toMatchObject({ state: 'failed', failure: 'rendering-failed' });
    expect(await spec.database.transaction((tx) => jobs.start(tx, id))).toMatchObject({ state: 'running', failure: null });
    await finish(id);
    expect(failures).toEqual(['rendering-failed']);
  });

  it('is read when it is newer than what is known', async () => {
    const [one, two] = [await running(), await queued()];
    const found = await jobs.newer([
      { id: one, version: 1 },
      { id: two, version: 1 },
      { id: newUuid(), version: 0 },
    ]);
    expect(found.map(({ id }) => id)).toEqual([one]);
  });

  it('that nobody works on any more fails, and what ended long ago is forgotten', async () => {
    const [lost, old, fresh, waiting, forgotten] = [await running(), await running(), await running(), await queued(), await queued()];
    await finish(old);
    const untouched = (id: string, since: string) =>
      spec.pool.query('UPDATE platform.job SET changed_at = now() - $2::interval WHERE id = $1', [id, since]);
    await untouched(lost, '3 hours');
    await untouched(waiting, '23 hours');
    await untouched(forgotten, '25 hours');
    await untouched(old, '31 days');
    await jobs.tend({ lostAfterHours: { running: 2, queued: 24 }, keptDays: 30 });
    expect([(await seen(lost))?.failure, (await seen(forgotten))?.failure, await seen(old)]).toEqual(['lost', 'lost', undefined]);
    expect(failures).toEqual(['lost', 'lost']);
    expect([(await seen(fresh))?.state, (await seen(waiting))?.state]).toEqual(['running', 'queued']);
  });

  it('that are forgotten are told of in the same transaction, with how they ended', async () => {
    const [made, refused] = [await running(), await running()];
    await finish(made);
    await jobs.fail(refused, 'rendering-failed');
    await spec.pool.query("UPDATE platform.job SET changed_at = now() - interval '31 days' WHERE id = ANY ($1)", [[made, refused]]);
    const limits = { lostAfterHours: { running: 2, queued: 24 }, keptDays: 30 };
    await jobs.tend(limits, () => Promise.reject(new Error('not now'))).catch(() => undefined);
    expect((await seen(made))?.state).toBe('done');
    const told: unknown[] = [];
    await jobs.tend(limits, async (_tx, ended) => void told.push(...ended.map(({ id, state, failure }) => [id, state, failure])));
    expect([await seen(made), await seen(refused)]).toEqual([undefined, undefined]);
    expect(told).toEqual(
      expect.arrayContaining([
        [made, 'done', null],
        [refused, 'failed', 'rendering-failed'],
      ]),
    );
  });
});
