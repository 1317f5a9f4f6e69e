import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, type Jobs, newId, openStorage, type Refusal, uuidOf } from '@tandem/host';
import { aCaller, createSpecDatabase, deliver, pgJobs, type SpecDatabase } from '@tandem/host/testing';
import { pgAuditFacts } from '../adapters/pg-audit-facts.js';
import { pgDocuments } from '../adapters/pg-documents.js';
import { threadRenderer } from '../adapters/pdf/thread-renderer.js';
import type { Renderer } from '../domain/ports.js';
import { seller } from '../domain/testing/orders.js';
import { aFreshOrder, aStorageFolder, builtThread } from '../spec-documents.js';
import { DocumentReads, DocumentsGrpc } from './documents.grpc.js';
import { rememberIn } from './job-of-document.js';
import { keyOf, MakeDocument } from './make-document.js';
import { PlanDocuments } from './plan-documents.js';

describe('documents by gRPC', () => {
  let db: SpecDatabase;
  let folder: Awaited<ReturnType<typeof aStorageFolder>>;
  let renderer: Renderer;
  let jobs: Jobs;
  let planDocuments: PlanDocuments;
  let grpc: DocumentsGrpc;
  let make: (jobId: string) => Promise<unknown>;

  beforeAll(async () => {
    db = await createSpecDatabase('document');
    folder = await aStorageFolder();
    const logger = createLogger('document-spec', 'silent');
    renderer = threadRenderer({ logger, deadlineMs: 10_000, entry: builtThread });
    const [documents, storage] = [pgDocuments(db.database), openStorage(folder.url)];
    jobs = pgJobs(db.database, () => undefined);
    planDocuments = new PlanDocuments({ documents, jobs, outbox: db.outbox, now: () => new Date() });
    grpc = new DocumentsGrpc(new DocumentReads(documents, jobs, storage, db.database), planDocuments);
    const maker = new MakeDocument({ documents, jobs, renderer, storage, logger });
    make = (jobId) => deliver(db.database, (tx) => maker.run(tx, jobId));
  });
  afterAll(async () => {
    await renderer.close();
    await folder.remove();
    await db.drop();
  });

  const shopper = (id: string) => aCaller({ kind: 'user', principal: { id, kind: 'customer' } });
  const staff = aCaller({ kind: 'user', principal: { id: newId('customer'), kind: 'staff' } });
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'no refusal',
      ({ problem }: Refusal) => problem.code,
    );
  const planned = async (kind: 'invoice' | 'packing-slip' = 'invoice') => {
    const ownerId = newId('customer');
    const order = aFreshOrder();
    await db.database.transaction((tx) => planDocuments.run(tx, { facts: { kind: 'invoice', order, seller }, ownerId }));
    const request = { orderId: order.orderId, kind, reference: '', knownSha256: '' };
    const jobId = uuidOf('documentJob', (await grpc.get(request, staff)).job?.id ?? '');
    return { owner: shopper(ownerId), request, jobId };
  };

  it("are their owner's, staff's and our services'; a packing slip is no shopper's", async () => {
    const [invoice, slip] = [await planned(), await planned('packing-slip')];
    const codes = [
      grpc.get(invoice.request, invoice.owner),
      grpc.get(invoice.request, aCaller({ kind: 'service', service: 'notification' })),
      grpc.get(slip.request, staff),
      grpc.get(invoice.request, shopper(newId('customer'))),
      grpc.get(slip.request, slip.owner),
      grpc.request(slip.request, slip.owner),
      grpc.get({ ...invoice.request, kind: 'gossip' }, staff),
      grpc.get({ ...invoice.request, orderId: 'x' }, staff),
      grpc.get({ ...invoice.request, reference: 'ref_1' }, staff),
    ].map(codeOf);
    expect(await Promise.all(codes)).toEqual([
      ...Array.from({ length: 3 }, () => 'no refusal'),
      ...Array.from({ length: 6 }, () => 'not-found'),
    ]);
  });

  it('a packing slip is planned when staff first asks for it, once however many ask', async () => {
    const { request } = await planned('packing-slip');
    const [first, second] = await Promise.all([grpc.get(request, staff), grpc.get(request, staff)]);
    expect([first.number, second.job?.id]).toEqual([second.number, first.job?.id]);
    expect(await codeOf(grpc.get({ ...request, orderId: newId('order') }, staff))).toBe('not-found');
  });

  it('come with their bytes once they are made, unless the caller has them', async () => {
    const { owner, request, jobId } = await planned();
    expect(await grpc.get(request, owner)).toMatchObject({ sha256: '', content: Buffer.alloc(0), job: { state: 'queued' } });
    await make(jobId);
    const made = await grpc.get(request, owner);
    expect([made.job?.state, made.content.subarray(0, 5).toString(), made.sha256.length]).toEqual(['done', '%PDF-', 64]);
    const known = await grpc.get({ ...request, knownSha256: made.sha256 }, owner);
    expect([known.sha256, known.content.length]).toEqual([made.sha256, 0]);
  });

  it('are not given out when the archive does not have them as they were made', async () => {
    const { owner, request, jobId } = await planned();
    await make(jobId);
    const { sha256 } = await grpc.get(request, owner);
    await openStorage(folder.url).put(keyOf(sha256), Buffer.from('forged'));
    expect(await codeOf(grpc.get(request, owner))).toBe('unavailable');
    await rm(join(folder.path, 'objects', keyOf(sha256)));
    expect(await codeOf(grpc.get(request, owner))).toBe('unavailable');
  });

  it('are made again only when their job ended without them', async () => {
    const { owner, request, jobId } = await planned();
    expect((await grpc.request(request, owner)).job?.state).toBe('queued');
    await jobs.fail(jobId, 'rendering-timed-out');
    const [first, second] = await Promise.all([grpc.request(request, owner), grpc.request(request, owner)]);
    expect([first.job?.id, first.job?.state]).toEqual([second.job?.id, 'queued']);
    await make(uuidOf('documentJob', first.job?.id ?? ''));
    expect(await grpc.request(request, owner)).toMatchObject({ job: { id: first.job?.id, state: 'done' } });
    expect((await db.events(request.orderId)).length).toBe(2);
  });

  it('are made again once however many ask, on one connection each', async () => {
    const { owner, request, jobId } = await planned();
    await jobs.fail(jobId, 'rendering-timed-out');
    const asked = Array.from({ length: 2 * db.pool.options.max }, () => grpc.request(request, owner));
    const ids = (await Promise.all(asked)).map(({ job }) => job?.id);
    expect([new Set(ids).size, (await db.events(request.orderId)).length]).toEqual([1, 2]);
  });

  it('are asked for once per key: a repeat is answered as the first, also when the job has gone on', async () => {
    const { owner, request, jobId } = await planned();
    await jobs.fail(jobId, 'rendering-timed-out');
    const replays: true[] = [];
    const by = aCaller(owner.by, 'again-1', () => void replays.push(true));
    const first = await grpc.request(request, by);
    await make(uuidOf('documentJob', first.job?.id ?? ''));
    expect([await grpc.request(request, by), first.job?.state, replays]).toEqual([first, 'queued', [true]]);
    const other = await planned();
    expect(await codeOf(grpc.request(other.request, aCaller(staff.by, 'again-1')))).toBe('no refusal');
    expect(await codeOf(grpc.request(request, aCaller(staff.by, 'again-1')))).toBe('idempotency-key-reused');
  });

  it('outlive the jobs that made them, and those that made none', async () => {
    const [made, failed, cancelled, lost] = [await planned(), await planned(), await planned(), await planned()];
    await make(made.jobId);
    await jobs.fail(failed.jobId, 'rendering-timed-out');
    await db.database.transaction((tx) => jobs.cancel(tx, cancelled.jobId));
    const before = (await grpc.get(made.request, made.owner)).job;
    const ids = [made, failed, cancelled].map(({ jobId }) => jobId);
    await db.pool.query("UPDATE platform.job SET changed_at = now() - interval '31 days' WHERE id = ANY ($1)", [ids]);
    await jobs.tend({ lostAfterHours: { running: 2, queued: 24 }, keptDays: 30 }, rememberIn(pgDocuments(db.database)));
    await db.pool.query('DELETE FROM platform.job WHERE id = $1', [lost.jobId]); // forgotten before it was kept how jobs ended
    const jobOf = async ({ request, owner }: typeof made) => (await grpc.get(request, owner)).job;
    const { id, kind, state, progress } = before ?? {};
    const after = await jobOf(made);
    expect(after).toMatchObject({ id, kind, state, progress });
    expect(JSON.parse(after?.resultJson ?? '')).toEqual(JSON.parse(before?.resultJson ?? ''));
    expect([await jobOf(failed), await jobOf(cancelled), await jobOf(lost)]).toMatchObject([
      { state: 'failed', failure: 'rendering-timed-out' },
      { state: 'cancelled', failure: undefined },
      { state: 'failed', failure: 'lost' },
    ]);
    const { facts } = await pgAuditFacts(db.database, jobs).page('', 100);
    const detailOf = ({ request }: typeof made) => facts.find(({ subject }) => subject === request.orderId)?.detail;
    expect([made, failed, cancelled].map(detailOf)).toEqual(['invoice made', 'invoice failed', 'invoice cancelled']);
    expect(await grpc.request(made.request, made.owner)).toMatchObject({ job: { id: before?.id, state: 'done' } });
    const anew = (await grpc.request(failed.request, failed.owner)).job;
    expect([anew?.state, anew?.id === (await jobOf(failed))?.id]).toEqual(['queued', true]);
    await make(uuidOf('documentJob', anew?.id ?? ''));
    expect((await jobOf(failed))?.state).toBe('done');
  });
});
