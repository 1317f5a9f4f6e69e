import { bytesOf, contentHash, createLogger, type Jobs, newId, newUuid, openStorage, type Storage, toPublicId, uuidOf } from '@tandem/host';
import { createSpecDatabase, deliver, pgJobs, plan, settle, type SpecDatabase } from '@tandem/host/testing';
import { type Act, Unavailable } from '@tandem/messaging';
import { pgDocuments } from '../adapters/pg-documents.js';
import { threadRenderer } from '../adapters/pdf/thread-renderer.js';
import type { OrderFacts } from '../domain/facts.js';
import type { Document, Documents, Renderer } from '../domain/ports.js';
import { aLine, seller } from '../domain/testing/orders.js';
import { aFreshOrder, aStorageFolder, builtThread, textOf } from '../spec-documents.js';
import { keyOf, MakeDocument } from './make-document.js';
import { PlanDocuments } from './plan-documents.js';

const logger = createLogger('document-spec', 'silent');
const ownerId = newId('customer');

describe('making documents', () => {
  let db: SpecDatabase;
  let folder: Awaited<ReturnType<typeof aStorageFolder>>;
  let storage: Storage;
  let renderer: Renderer;
  let jobs: Jobs;
  let documents: Documents;
  let planDocuments: PlanDocuments;
  const warnings: unknown[] = [];

  beforeAll(async () => {
    db = await createSpecDatabase('document');
    folder = await aStorageFolder();
    storage = openStorage(folder.url);
    renderer = threadRenderer({ logger, deadlineMs: 10_000, entry: builtThread });
    jobs = pgJobs(db.database, () => undefined);
    documents = pgDocuments(db.database);
    planDocuments = new PlanDocuments({ documents, jobs, outbox: db.outbox, now: () => new Date('2026-11-21T12:00:00Z') });
  });
  afterAll(async () => {
    await renderer.close();
    await folder.remove();
    await db.drop();
  });

  const planned = (order: OrderFacts) =>
    db.database.transaction((tx) => planDocuments.run(tx, { facts: { kind: 'invoice', order, seller }, ownerId }));
  const found = async ({ orderId }: OrderFacts): Promise<Document> => {
    const document = await documents.find({ orderId: uuidOf('order', orderId), kind: 'invoice', reference: '' });
    if (!document) throw new Error('it was not planned');
    return document;
  };
  const anInvoice = async (change: Partial<OrderFacts> = {}): Promise<Document> => {
    const order = aFreshOrder(change);
    await planned(order);
    return found(order);
  };
  const work = (over: { storage?: Partial<Storage>; renderer?: Renderer; jobs?: Partial<Jobs> } = {}) =>
    new MakeDocument({
      documents,
      jobs: { ...jobs, ...over.jobs },
      renderer: over.renderer ?? renderer,
      storage: { ...storage, ...over.storage },
      logger: { warn: (what: unknown) => void warnings.push(what) },
    });
  const make = (jobId: string, maker = work()) => deliver(db.database, (tx) => maker.run(tx, jobId));

  it('plans an invoice once, with its job and the record of the work', async () => {
    const order = aFreshOrder();
    expect([await planned(order), await planned(order)]).toEqual(['planned', 'planned-before']);
    const document = await found(order);
    expect(await db.events(order.orderId)).toEqual([
      {
        type: 'document.requested.v1',
        key: order.orderId,
        data: {
          jobId: expect.stringMatching(/^docjob_/) as string,
          orderId: order.orderId,
          kind: 'invoice',
          requestedAt: '2026-11-21T12:00:00.000Z',
        },
      },
    ]);
    expect(await jobs.find(document.jobId)).toMatchObject({ kind: 'invoice', ownerId, state: 'queued' });
  });

  it('numbers invoices without a gap or a repeat: planned at once, twice, or rolled back', async () => {
    const year = { confirmedAt: '2031-05-01T00:00:00.000Z' };
    const orders = Array.from({ length: 12 }, () => aFreshOrder(year));
    await Promise.all([...orders, ...orders].map(planned));
    const undone = db.database.transaction(async (tx) => {
      await planDocuments.run(tx, { facts: { kind: 'invoice', order: aFreshOrder(year), seller }, ownerId });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    const last = await anInvoice(year);
    const numbers = (await Promise.all(orders.map(found))).map(({ number }) => number).sort();
    expect([...numbers, last.number]).toEqual(Array.from({ length: 13 }, (_, index) => `INV-2031-${String(index + 1).padStart(6, '0')}`));
  });

  it('numbers on where six digits do not suffice', async () => {
    await db.pool.query(`INSERT INTO number_series (series, last) VALUES ('INV-2032', 999998)`);
    const year = { confirmedAt: '2032-05-01T00:00:00.000Z' };
    expect([(await anInvoice(year)).number, (await anInvoice(year)).number]).toEqual(['INV-2032-999999', 'INV-2032-1000000']);
  });

  it('draws it, archives it under its content and ends the job with where it is', async () => {
    const { jobId, id, number, orderId } = await anInvoice();
    expect(await make(jobId)).toEqual({ kind: 'done' });
    const job = await jobs.find(jobId);
    const {
      rows: [row],
    } = await db.pool.query<{ sha256: string; size_bytes: number }>('SELECT sha256, size_bytes FROM document WHERE id = $1', [id]);
    expect(job).toMatchObject({
      state: 'done',
      progress: 100,
      result: { number, kind: 'invoice', sha256: row?.sha256, sizeBytes: row?.size_bytes },
    });
    const stored = await storage.get(keyOf(row?.sha256 ?? ''));
    const bytes = stored ? await bytesOf(stored.content) : Buffer.alloc(0);
    expect([contentHash(bytes), bytes.length, textOf(bytes).includes(number)]).toEqual([row?.sha256, row?.size_bytes, true]);
    expect(await make(jobId)).toEqual({ kind: 'ignored', because: 'job-ended' });
    expect(orderId).toHaveLength(36);
  });

  it('made again after a crash before the end, gives the same bytes', async () => {
    const { jobId } = await anInvoice();
    const first = (await plan(db.database, (tx) => work().run(tx, jobId))) as Act;
    const outcome = await first.act(); // and the process dies
    const second = (await plan(db.database, (tx) => work().run(tx, jobId))) as Act;
    expect(await second.act()).toEqual(outcome);
    expect(await settle(db.database, second, outcome)).toEqual({ kind: 'done' });
  });

  it('stops where its job was cancelled: before it began, while it was drawn, and at the very end', async () => {
    const [early, middle, late] = [await anInvoice(), await anInvoice(), await anInvoice()];
    const cancel = (id: string) => db.database.transaction((tx) => jobs.cancel(tx, id));
    await cancel(early.jobId);
    expect(await make(early.jobId)).toEqual({ kind: 'ignored', because: 'job-ended' });
    const slow: Renderer = { ...renderer, render: async (document) => (await cancel(middle.jobId), renderer.render(document)) };
    expect(await make(middle.jobId, work({ renderer: slow }))).toEqual({ kind: 'ignored', because: 'cancelled' });
    const put: Storage['put'] = async (key, content) => (await cancel(late.jobId), storage.put(key, content));
    expect(await make(late.jobId, work({ storage: { put } }))).toEqual({ kind: 'ignored', because: 'cancelled' });
    expect((await jobs.find(late.jobId))?.state).toBe('cancelled');
  });

  it('fails the job of what cannot be drawn, which says why, and tells it in the log', async () => {
    const { jobId, number } = await anInvoice({ lines: [{ ...aLine(), unitPrice: { amount: 1.5, currency: 'EUR' } }] });
    expect(await make(jobId)).toEqual({ kind: 'ignored', because: 'rendering-failed' });
    expect(await jobs.find(jobId)).toMatchObject({ state: 'failed', failure: 'rendering-failed' });
    expect(warnings).toMatchObject([{ number, jobId: toPublicId('documentJob', jobId), because: 'rendering-failed' }]);
  });

  it('waits for a storage that is away, and then makes it', async () => {
    const { jobId } = await anInvoice();
    const put: Storage['put'] = () => Promise.reject(new Unavailable('storage'));
    await expect(make(jobId, work({ storage: { put } }))).rejects.toMatchObject({ system: 'storage' });
    expect((await jobs.find(jobId))?.state).toBe('running');
    expect(await make(jobId)).toEqual({ kind: 'done' });
  });

  it('leaves alone what has another job by now, and what it never heard of', async () => {
    const document = await anInvoice();
    await jobs.fail(document.jobId, 'lost');
    const renewed = await db.database.transaction((tx) => planDocuments.again(tx, document));
    expect(renewed?.jobId).not.toBe(document.jobId);
    expect(await db.database.transaction((tx) => planDocuments.again(tx, document))).toBeUndefined(); // somebody was faster
    expect([await make(document.jobId), await make(newUuid())]).toEqual([
      { kind: 'ignored', because: 'document-has-another-job' },
      { kind: 'ignored', because: 'job-ended' },
    ]);
    expect(await make(renewed?.jobId ?? '')).toEqual({ kind: 'done' });
  });
});
