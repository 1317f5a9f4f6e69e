import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  bytesOf,
  contentHash,
  createLogger,
  createMetrics,
  type Jobs,
  newUuid,
  openJobs,
  openStorage,
  type Storage,
  storageKey,
} from '@tandem/host';
import { createSpecDatabase, deliver, plan, type SpecDatabase } from '@tandem/host/testing';
import { Unavailable } from '@tandem/messaging';
import sharp from 'sharp';
import { pgPictures } from '../adapters/pg-pictures.js';
import { processStudio } from '../adapters/process-studio.js';
import type { Pictures, Upload } from '../domain/picture.js';
import { aPicture } from '../spec-pictures.js';
import { AddPicture } from './add-picture.js';
import { MakeRenditions } from './make-renditions.js';

const logger = createLogger('media-spec', 'silent');

describe('a picture', () => {
  let db: SpecDatabase;
  let folder: string;
  let storage: Storage;
  let jobs: Jobs;
  let pictures: Pictures;
  let adding: AddPicture;
  const metrics = createMetrics('media', false);
  const studio = processStudio({ logger, script: join(process.cwd(), 'apps/media/dist/adapters/studio-process.js') });

  beforeAll(async () => {
    db = await createSpecDatabase('media');
    folder = await mkdtemp(join(tmpdir(), 'media-'));
    storage = openStorage(pathToFileURL(folder).href);
    pictures = pgPictures(db.database);
    const schedules = {
      every: () => ({ name: 'none', start: () => Promise.resolve(), stop: () => Promise.resolve(), wake: () => undefined }),
    };
    jobs = openJobs(
      { database: db.database, base: { databaseUrl: db.url }, logger, schedules, metrics } as unknown as Parameters<typeof openJobs>[0],
      'mediaJob',
    ).jobs;
    adding = new AddPicture({ pictures, jobs, outbox: db.outbox, now: () => new Date('2026-11-21T12:00:00Z') });
  });
  afterAll(async () => {
    await studio.close();
    await db.drop();
    await rm(folder, { recursive: true });
  });

  const run = (asked: Upload, ownerId: string) => db.database.transaction((tx) => adding.run(tx, asked, ownerId));
  const upload = async (file: Uint8Array) => {
    const key = await adding.begin();
    await storage.put(storageKey(...key.split('/')), file);
    const added = await run({ key, sha256: contentHash(file), sizeBytes: file.length, format: 'jpeg' }, 'cus_01h455vb4pex5vsknk084sn02q');
    if (added.kind === 'unknown-upload') throw new Error('the upload is not known');
    return { ...added, key };
  };
  const work = (over: Partial<Storage> = {}, overJobs: Partial<Jobs> = {}) =>
    new MakeRenditions({ database: db.database, pictures, jobs: { ...jobs, ...overJobs }, storage: { ...storage, ...over }, studio });
  const make = (picture: { id: string; jobId: string }, making = work()) => deliver(db.database, (tx) => making.run(tx, picture));
  const countsOf = async (table: string) => Number((await db.pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);
  const objectsOf = async (id: string) => (await readdir(join(folder, 'objects/pictures', id)).catch(() => [])).sort();
  const some = async () => aPicture({ width: 700 + (randomBytes(1)[0] ?? 0), height: 400 });

  it('becomes renditions that are what they say they are', async () => {
    const picture = await upload(await aPicture({ width: 1_000, height: 500 }));
    expect((await make(picture)).kind).toBe('done');
    const found = await pictures.find(picture.id);
    expect(found).toMatchObject({ state: 'ready', width: 1_000, height: 500 });
    expect(found?.renditions.map(({ width, format }) => `${width}.${format}`)).toEqual([
      '320.avif',
      '320.jpeg',
      '320.webp',
      '640.avif',
      '640.jpeg',
      '640.webp',
      '1000.avif',
      '1000.jpeg',
      '1000.webp',
    ]);
    for (const { key, width, sizeBytes } of found?.renditions ?? []) {
      const object = await storage.get(storageKey(...key.split('/')));
      const bytes = object && (await bytesOf(object.content));
      expect([bytes?.length, (await sharp(bytes).metadata()).width]).toEqual([sizeBytes, width]);
    }
    expect(await jobs.find(picture.jobId)).toMatchObject({ state: 'done', progress: 100, result: { width: 1_000, height: 500 } });
    expect(await db.events(undefined)).toMatchObject([{ type: 'picture.uploaded.v1' }]);
  });

  it('that comes again is the same picture, and nothing is made twice', async () => {
    const file = await some();
    const first = await upload(file);
    const underWay = await upload(file);
    await make(first);
    const ready = await upload(file);
    expect([underWay, ready].map(({ kind, id, jobId }) => ({ kind, id, jobId }))).toEqual(
      Array.from({ length: 2 }, () => ({ kind: 'known', id: first.id, jobId: first.jobId })),
    );
    let renders = 0;
    const counting = work({ put: (...given) => ((renders += 1), storage.put(...given)) });
    expect(await make(first, counting)).toEqual({ kind: 'ignored', because: 'cancelled' });
    expect([renders, (await pictures.find(first.id))?.state, await objectsOf(first.id)]).toEqual([0, 'ready', await objectsOf(first.id)]);
  });

  it('goes on where a worker died, and there is one set of renditions', async () => {
    const picture = await upload(await some());
    let puts = 0;
    const dying = work({ put: (...given) => ((puts += 1) > 4 ? Promise.reject(new Error('killed')) : storage.put(...given)) });
    await expect(make(picture, dying)).rejects.toThrow('killed');
    expect((await jobs.find(picture.jobId))?.state).toBe('running');
    const before = await objectsOf(picture.id);
    let again = 0;
    expect((await make(picture, work({ put: (...given) => ((again += 1), storage.put(...given)) }))).kind).toBe('done');
    expect([before.length, again, (await objectsOf(picture.id)).length]).toEqual([4, 5, 9]);
    expect((await pictures.find(picture.id))?.renditions).toHaveLength(9);
  });

  it('is made once when two workers have it at the same time', async () => {
    const picture = await upload(await some());
    const outcomes = await Promise.all([make(picture), make(picture)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['done', 'ignored']);
    expect((await pictures.find(picture.id))?.renditions).toHaveLength(9);
    expect((await pictures.find(picture.id))?.state).toBe('ready');
  });

  it('waits while the storage is away, and its job does not fail', async () => {
    const picture = await upload(await some());
    await expect(make(picture, work({ put: () => Promise.reject(new Unavailable('storage')) }))).rejects.toMatchObject({
      name: 'Unavailable',
    });
    expect((await jobs.find(picture.jobId))?.state).toBe('running');
  });

  it('that is no picture fails its job with a reason and holds up nobody; sent again, it gets another job', async () => {
    const file = Buffer.from('not a picture');
    const picture = await upload(file);
    expect(await make(picture)).toEqual({ kind: 'ignored', because: 'format-not-accepted' });
    expect(await metrics.registry.metrics()).toContain('jobs_failed_total{failure="format-not-accepted",service="media"} 1\n');
    expect([await jobs.find(picture.jobId), await pictures.find(picture.id)]).toMatchObject([
      { state: 'failed', failure: 'format-not-accepted' },
      { state: 'failed' },
    ]);
    const again = await upload(file);
    expect([again.kind, again.id === picture.id, again.jobId === picture.jobId]).toEqual(['added', true, false]);
    expect(await make(picture)).toEqual({ kind: 'ignored', because: 'another-job-has-it' });
  });

  it.each([
    ['before it begins', 0],
    ['in the middle', 3],
  ])('is left alone when its job is cancelled %s', async (_when, after) => {
    const picture = await upload(await some());
    const cancel = () => db.database.transaction((tx) => jobs.cancel(tx, picture.jobId));
    let puts = 0;
    if (after === 0) await cancel();
    const making = work({
      put: async (...given) => {
        if ((puts += 1) === after) await cancel();
        return storage.put(...given);
      },
    });
    expect(await make(picture, making)).toEqual({ kind: 'ignored', because: 'cancelled' });
    expect([puts, (await jobs.find(picture.jobId))?.state, (await pictures.find(picture.id))?.state]).toEqual([
      after,
      'cancelled',
      'failed',
    ]);
    expect(await db.database.transaction((tx) => pictures.remove(tx, picture.id))).toBe('removed');
  });

  it('stays while somebody shows it; when it is removed, every object goes', async () => {
    const picture = await upload(await some());
    const remove = () => db.database.transaction((tx) => pictures.remove(tx, picture.id));
    const claim = newUuid();
    const claimIt = () => db.database.transaction((tx) => pictures.claim(tx, { claim, productId: null }, [picture.id]));
    expect([await remove(), (await claimIt()).kind]).toEqual(['not-ready', 'not-ready']);
    await make(picture);
    expect([(await claimIt()).kind, (await claimIt()).kind, await remove()]).toEqual(['claimed', 'claimed', 'in-use']);
    await pictures.release(claim);
    expect([await remove(), await remove()]).toEqual(['removed', 'not-found']);
    await db.pool.query("UPDATE loose_object SET due_at = now() - interval '1 second'");
    while ((await pictures.sweep((key) => storage.remove(storageKey(...key.split('/'))))) > 0);
    expect([await objectsOf(picture.id), await storage.has(storageKey(...picture.key.split('/'))), await countsOf('loose_object')]).toEqual(
      [[], false, 0],
    );
    expect((await db.database.transaction((tx) => pictures.claim(tx, { claim, productId: null }, [picture.id]))).kind).toBe('not-found');
  });

  it('leaves no object that nobody knows: every upload and every half is swept', async () => {
    await upload(await some()).then(({ jobId }) => db.database.transaction((tx) => jobs.cancel(tx, jobId)));
    const abandoned = storageKey(...(await adding.begin()).split('/'));
    await storage.put(abandoned, Buffer.from('x'));
    await db.pool.query("UPDATE loose_object SET due_at = now() - interval '1 second'");
    while ((await pictures.sweep((key) => storage.remove(storageKey(...key.split('/'))))) > 0);
    expect(await storage.has(abandoned)).toBe(false);
    expect(await run({ key: abandoned, sha256: 'f'.repeat(64), sizeBytes: 1, format: 'png' }, 'cus_01h455vb4pex5vsknk084sn02q')).toEqual({
      kind: 'unknown-upload',
    });
    const kept = (
      await db.pool.query<{ key: string }>('SELECT source_key AS key FROM picture UNION SELECT key FROM rendition ORDER BY 1')
    ).rows.map(({ key }) => key);
    const files = (await readdir(join(folder, 'objects'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + '/objects/'.length));
    expect(files.sort()).toEqual(kept.sort());
  });

  it('is removed while its storage is slow, and no connection waits for that', async () => {
    for (let i = 0; i < 3; i += 1) await adding.begin();
    await db.pool.query("UPDATE loose_object SET due_at = now() - interval '1 second'");
    const open: string[] = [];
    expect(
      await pictures.sweep(async (key) => {
        open.push(key);
        const { rows } = await db.pool.query<{ n: string }>(
          "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
        );
        expect(rows[0]?.n).toBe('0');
      }),
    ).toBe(open.length);
    expect(await countsOf('loose_object')).toBe(0);
  });

  it('that cannot be removed holds up no other, and nothing takes it while it is tried', async () => {
    const [bad, good] = [await adding.begin(), await adding.begin()];
    await db.pool.query("UPDATE loose_object SET due_at = now() - interval '1 second'");
    const tried: string[] = [];
    const remove = async (key: string) => {
      tried.push(key);
      if (key === bad) throw new Error('no');
    };
    await expect(pictures.sweep(remove)).rejects.toThrow('no');
    expect([tried.sort(), await pictures.sweep(remove)]).toEqual([[bad, good].sort(), 0]);
    expect(await run({ key: bad, sha256: 'e'.repeat(64), sizeBytes: 1, format: 'png' }, 'cus_01h455vb4pex5vsknk084sn02q')).toEqual({
      kind: 'unknown-upload',
    });
    await expect(pictures.expect([bad], 60)).rejects.toThrow('being removed');
    await db.pool.query("UPDATE loose_object SET due_at = now() - interval '1 second'");
    expect(await pictures.sweep(() => Promise.resolve())).toBe(1);
  });

  it('whose job was lost can be removed', async () => {
    const { id, jobId } = await upload(await some());
    const remove = () => db.database.transaction((tx) => pictures.remove(tx, id));
    expect(await remove()).toBe('not-ready');
    await jobs.fail(jobId, 'lost');
    expect(await remove()).toBe('removed');
  });

  it('that comes many times at once is one picture, on fewer connections than that', async () => {
    const file = await some();
    await upload(file);
    const all = await Promise.all(Array.from({ length: 24 }, () => upload(file)));
    expect([new Set(all.map(({ id }) => id)).size, all.map(({ kind }) => kind).filter((kind) => kind === 'added')]).toEqual([1, []]);
  });

  it('does not queue before the work begins: planning reads only', async () => {
    const picture = await upload(await some());
    expect((await plan(db.database, (tx) => work().run(tx, picture))).kind).toBe('act');
    expect((await jobs.find(picture.jobId))?.state).toBe('queued');
  });
});
