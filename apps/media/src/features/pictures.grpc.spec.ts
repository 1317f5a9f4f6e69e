import { randomBytes } from 'node:crypto';
import { contentHash, type Jobs, newId, newUuid, type Refusal, uuidOf } from '@tandem/host';
import { aCaller, createSpecDatabase, pgJobs, type SpecDatabase } from '@tandem/host/testing';
import { pgPictures } from '../adapters/pg-pictures.js';
import type { Pictures } from '../domain/picture.js';
import { AddPicture } from './add-picture.js';
import { PictureParts, PicturesGrpc } from './pictures.grpc.js';

const staff = aCaller({ kind: 'user', principal: { id: newId('customer'), kind: 'staff' } });

describe('pictures by gRPC', () => {
  let db: SpecDatabase;
  let jobs: Jobs;
  let pictures: Pictures;
  let grpc: PicturesGrpc;

  beforeAll(async () => {
    db = await createSpecDatabase('media');
    jobs = pgJobs(db.database, () => undefined);
    pictures = pgPictures(db.database);
    const adding = new AddPicture({ pictures, jobs, outbox: db.outbox, now: () => new Date() });
    grpc = new PicturesGrpc(adding, new PictureParts(db.database, pictures, jobs, () => undefined));
  });
  afterAll(() => db.drop());

  const add = async (sha256: string) => {
    const { key } = await grpc.begin({});
    return grpc.add({ key, sha256, sizeBytes: '1', format: 'png' }, staff);
  };
  const aHash = () => contentHash(randomBytes(8));
  const make = async (mediaId: string, job: string) => {
    const [id, jobId] = [uuidOf('picture', mediaId), uuidOf('mediaJob', job)];
    await db.database.transaction(async (tx) => {
      await jobs.finish(tx, jobId, { mediaId, width: 4, height: 3 });
      await pictures.finish(tx, { id, jobId, looks: { width: 4, height: 3, blurHash: 'x', color: '#000000' }, renditions: [] });
    });
  };
  const monthLater = async () => {
    await db.pool.query("UPDATE platform.job SET changed_at = now() - interval '31 days' WHERE state IN ('done', 'failed', 'cancelled')");
    await jobs.tend({ lostAfterHours: { running: 2, queued: 24 }, keptDays: 30 });
  };

  const claimRefused = (mediaId: string): Promise<Refusal['problem']> =>
    grpc.claim({ claim: newUuid(), mediaIds: [mediaId] }).then(
      () => Promise.reject(new Error('it was claimed')),
      (error: unknown) => (error as Refusal).problem,
    );

  it('a known picture is answered with its job, also when that was forgotten long ago', async () => {
    const sha256 = aHash();
    const { mediaId, job } = await add(sha256);
    await make(mediaId, job?.id ?? '');
    const fresh = await add(sha256);
    await monthLater();
    expect(await jobs.find(uuidOf('mediaJob', job?.id ?? ''))).toBeUndefined();
    const late = await add(sha256);
    const { id, kind, state, progress } = fresh.job ?? {};
    expect([late.mediaId, late.known]).toEqual([mediaId, true]);
    expect(late.job).toMatchObject({ id, kind, state, progress });
    expect(JSON.parse(late.job?.resultJson ?? '')).toEqual(JSON.parse(fresh.job?.resultJson ?? ''));
  });

  it('known pictures whose jobs are forgotten are answered on one connection each, also when they take all there are', async () => {
    const hashes = Array.from({ length: db.pool.options.max }, aHash);
    for (const sha256 of hashes) {
      const { mediaId, job } = await add(sha256);
      await make(mediaId, job?.id ?? '');
    }
    await monthLater();
    const uploads = await Promise.all(hashes.map(async (sha256) => ({ ...(await grpc.begin({})), sha256, sizeBytes: '1', format: 'png' })));
    const again = await Promise.all(uploads.map((upload) => grpc.add(upload, staff)));
    expect(again.map(({ known, job }) => [known, job?.state])).toEqual(hashes.map(() => [true, 'done']));
  });

  it('a picture whose job ended without it has failed, and sent again gets a new job', async () => {
    const [lost, cancelled] = [aHash(), aHash()];
    const [first, second] = [await add(lost), await add(cancelled)];
    const stateOf = async (mediaId: string) => (await grpc.get({ mediaId })).state;
    expect(await stateOf(first.mediaId)).toBe('processing');
    await jobs.fail(uuidOf('mediaJob', first.job?.id ?? ''), 'lost');
    await db.database.transaction((tx) => jobs.cancel(tx, uuidOf('mediaJob', second.job?.id ?? '')));
    const states = () => Promise.all([first, second].map(({ mediaId }) => stateOf(mediaId)));
    expect(await states()).toEqual(['failed', 'failed']);
    const refused = await claimRefused(first.mediaId);
    expect(refused.detail).toBe(`${first.mediaId} could not be read or made, and will not be: send the picture again`);
    await monthLater();
    expect(await states()).toEqual(['failed', 'failed']);
    expect(await add(lost)).toMatchObject({ mediaId: first.mediaId, known: false, job: { state: 'queued' } });
    expect(await stateOf(first.mediaId)).toBe('processing');
    expect((await claimRefused(first.mediaId)).detail).toBe(`${first.mediaId} has no renditions yet; wait for its job`);
  });

  it('a picture that is shown says by which product, where that was said when it was claimed', async () => {
    const { mediaId, job } = await add(aHash());
    await make(mediaId, job?.id ?? '');
    const refused = () =>
      grpc.delete({ mediaId }).then(
        () => 'deleted',
        ({ problem }: Refusal) => [problem.code, problem.detail],
      );
    await grpc.claim({ claim: newUuid(), mediaIds: [mediaId] });
    expect(await refused()).toEqual(['picture-in-use', `${mediaId} is shown by a product; give it other pictures first`]);
    const productId = newId('product');
    await grpc.claim({ claim: newUuid(), mediaIds: [mediaId], productId });
    expect(await refused()).toEqual(['picture-in-use', `${mediaId} is shown by ${productId}; give it other pictures first`]);
  });

  it('the same bytes under the same key are answered as the first time, and say where those went; other bytes are refused', async () => {
    const replays: string[] = [];
    const by = (key: string) => aCaller(staff.by, key, () => void replays.push(key));
    const send = async (sha256: string) => {
      const { key } = await grpc.begin({});
      return { key, added: await grpc.add({ key, sha256, sizeBytes: '1', format: 'png' }, by('upload-1')) };
    };
    const sha256 = aHash();
    const first = await send(sha256);
    await make(first.added.mediaId, first.added.job?.id ?? '');
    expect([(await send(sha256)).added, first.added.key, replays]).toEqual([first.added, first.key, ['upload-1']]);
    await expect(send(aHash())).rejects.toMatchObject({ problem: { code: 'idempotency-key-reused' } });
    expect(await add(sha256)).toMatchObject({ mediaId: first.added.mediaId, known: true, key: '' });
  });

  it('a picture there is not is named to who claims it', async () => {
    const mediaId = newId('picture');
    const { code, detail, extensions } = await claimRefused(mediaId);
    expect([code, detail, extensions]).toEqual(['not-found', `there is no picture ${mediaId}`, { mediaId }]);
  });
});
