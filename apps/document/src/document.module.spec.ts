import { generateKeyPairSync } from 'node:crypto';
import { documentV1, jobsV1, opsV1 } from '@tandem/contracts';
import {
  createIdentity,
  createPeer,
  newId,
  newUuid,
  openStorage,
  type Peer,
  type RunningService,
  startService,
  uuidOf,
} from '@tandem/host';
import { aCaller, createSpecDatabase, eventually, freePort, pgJobs, type SpecDatabase } from '@tandem/host/testing';
import { memoryEventLog, type NewRecord } from '@tandem/messaging';
import { pgDocuments } from './adapters/pg-documents.js';
import { documentDrawnBy } from './document.module.js';
import type { OrderFacts } from './domain/facts.js';
import { aLine, seller } from './domain/testing/orders.js';
import { DocumentReads, DocumentsGrpc } from './features/documents.grpc.js';
import { PlanDocuments } from './features/plan-documents.js';
import { aFreshOrder, aStorageFolder, builtThread, textOf } from './spec-documents.js';

const signingKey = Buffer.from(JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))).toString('base64url');

const staff = aCaller({ kind: 'user', principal: { id: newId('customer'), kind: 'staff' } });

describe('the document service', () => {
  const log = memoryEventLog();
  let db: SpecDatabase;
  let folder: Awaited<ReturnType<typeof aStorageFolder>>;
  let running: readonly RunningService[];
  let documents: Peer<typeof documentV1.DocumentServiceService>;
  let jobs: Peer<typeof jobsV1.JobServiceService>;
  let ops: Peer<typeof opsV1.OpsServiceService>;
  let planDocuments: PlanDocuments;
  let edge: DocumentsGrpc;

  beforeAll(async () => {
    [db, folder] = await Promise.all([createSpecDatabase('document'), aStorageFolder()]);
    const stores = { documents: pgDocuments(db.database), jobs: pgJobs(db.database, () => undefined) };
    planDocuments = new PlanDocuments({ ...stores, outbox: db.outbox, now: () => new Date() });
    edge = new DocumentsGrpc(new DocumentReads(stores.documents, stores.jobs, openStorage(folder.url), db.database), planDocuments);
    const [first, second] = [await freePort(), await freePort()];
    const env = {
      TANDEM_MODE: 'development',
      DATABASE_URL: db.url,
      DOCUMENT_DATABASE_URL: db.url,
      SERVICE_SIGNING_KEY: signingKey,
      LOG_LEVEL: 'silent',
      STORAGE_URL: folder.url,
    };
    const replicas = [first, second].map((port) =>
      startService(
        documentDrawnBy(builtThread),
        { ...env, DOCUMENT_GRPC_LISTEN: `127.0.0.1:${port}` },
        {
          log,
          onFatal: (error) => {
            throw error;
          },
        },
      ),
    );
    running = await Promise.all(replicas);
    const identity = createIdentity({ service: 'storefront', signingKey, fetchJwks: () => Promise.resolve({ keys: [] }) });
    const peer = { name: 'document', url: `127.0.0.1:${first}`, serviceToken: () => identity.serviceToken() };
    documents = createPeer(documentV1.DocumentServiceService, peer);
    jobs = createPeer(jobsV1.JobServiceService, peer);
    ops = createPeer(opsV1.OpsServiceService, peer);
  });
  afterAll(async () => {
    for (const peer of [documents, jobs, ops]) peer.close();
    for (const service of running) await service.stop();
    await folder.remove();
    await db.drop();
  });

  const confirmed = (order: OrderFacts): NewRecord => {
    const lines = order.lines.map((line) => ({ ...line, variantId: newId('variant') }));
    const rest = {
      customerId: null,
      email: 'ada@tandem.example',
      cartId: newId('cart'),
      ownerId: newId('customer'),
      shippingOption: { id: 'standard', ...order.shippingOption },
      pointsRedeemed: 0,
      paymentId: newId('payment'),
    };
    return recordOf({
      topic: 'order',
      type: 'order.confirmed.v1',
      key: order.orderId,
      value: JSON.stringify({ ...order, lines, ...rest }),
    });
  };
  const invoiceOf = ({ orderId }: OrderFacts) => documents.getDocument({ orderId, kind: 'invoice', reference: '', knownSha256: '' });
  const stateOf = async (order: OrderFacts) => (await invoiceOf(order)).job?.state;
  const done = (order: OrderFacts) =>
    eventually(
      () => stateOf(order),
      (state) => state === 'done',
    );

  const failed = (order: OrderFacts) =>
    eventually(
      () => stateOf(order),
      (state) => state === 'failed',
    );
  const dead = async () =>
    (await db.pool.query<{ key: string }>(`SELECT key FROM messaging.parked WHERE status = 'dead'`)).rows.map(({ key }) => key);
  /** What all replicas have counted, by why. */
  const countedAsFailed = async () => {
    const counters = await Promise.all(running.map(({ metrics }) => metrics.registry.getSingleMetric('jobs_failed_total')?.get()));
    return counters.flatMap((counter) => counter?.values.map(({ labels, value }) => [labels['failure'], value]) ?? []);
  };
  /** The order of an invoice that is planned, and whose prices nobody can draw. */
  const undrawable = async () => {
    const order = aFreshOrder({ lines: [{ ...aLine(), unitPrice: { amount: 1.5, currency: 'EUR' } }] });
    await db.database.transaction((tx) => planDocuments.run(tx, { facts: { kind: 'invoice', order, seller }, ownerId: newId('customer') }));
    return order;
  };

  it('makes an invoice of every confirmed order, however often it is told', async () => {
    const orders = [aFreshOrder(), aFreshOrder(), aFreshOrder({ locale: 'fr' })];
    const records = orders.map(confirmed);
    await log.publish([...records, ...records]);
    await Promise.all(orders.map(done));
    for (const order of orders) expect(textOf((await invoiceOf(order)).content)).toContain(order.number);
    const { rows } = await db.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM document');
    expect(rows[0]?.count).toBe(3);
  });

  it('does not let poison stop the queue: what cannot be read is set aside, what cannot be drawn fails and is counted, the rest is made', async () => {
    const bad = await undrawable();
    const unreadable = newId('order');
    const good = Array.from({ length: 6 }, () => aFreshOrder());
    await log.publish([
      recordOf({ topic: 'document.jobs', type: 'document.requested.v1', key: unreadable, value: '{"jobId":' }),
      ...good.map(confirmed),
    ]);
    await Promise.all(good.map(done));
    await failed(bad);
    expect((await invoiceOf(bad)).job?.failure).toBe('rendering-failed');
    expect(await eventually(countedAsFailed, ({ length }) => length > 0)).toEqual([['rendering-failed', 1]]);
    expect(await eventually(dead, (keys) => keys.length === 1)).toEqual([unreadable]);
  });

  it('makes what failed when it is asked for again, and meanwhile what else there is of that order', async () => {
    const order = await undrawable();
    await failed(order);
    const slip = { orderId: order.orderId, kind: 'packing-slip', reference: '', knownSha256: '' };
    await eventually(
      async () => (await edge.get(slip, staff)).job?.state,
      (state) => state === 'done',
    );
    const jobs = [(await invoiceOf(order)).job?.id];
    const askAgain = async () => jobs.push((await edge.request({ ...slip, kind: 'invoice' }, staff)).job?.id);
    await askAgain();
    await failed(order); // drawn again, though the second time in vain as well
    await db.pool.query(`UPDATE document SET facts = $2 WHERE order_id = $1 AND kind = 'invoice'`, [
      uuidOf('order', order.orderId),
      JSON.stringify({ kind: 'invoice', order: { ...order, lines: [aLine()] }, seller }),
    ]);
    await askAgain();
    await done(order);
    expect(new Set(jobs).size).toBe(3); // each time a new one
    expect(textOf((await invoiceOf(order)).content)).toContain(order.number);
    expect(await dead()).not.toContain(order.orderId);
  });

  it('tells of a job what is newer than what is known', async () => {
    const order = aFreshOrder();
    await log.publish([confirmed(order)]);
    await done(order);
    const { job } = await invoiceOf(order);
    const { jobs: newer } = await jobs.readJobs({
      positions: [
        { jobId: job?.id ?? '', version: 1 },
        { jobId: newId('mediaJob'), version: 0 },
      ],
    });
    expect(newer.map(({ id, state, progress }) => ({ id, state, progress }))).toEqual([{ id: job?.id, state: 'done', progress: 100 }]);
    expect(JSON.parse(newer[0]?.resultJson ?? '{}')).toMatchObject({ kind: 'invoice', orderId: order.orderId });
  });

  it('tells the auditor one fact of every document', async () => {
    const facts = async () => (await ops.listAuditFacts({ cursor: '', limit: 100, subjects: [], changedSince: '' })).facts;
    const all = await eventually(facts, (found) => found.filter(({ detail }) => detail === 'invoice made').length === 11);
    expect([...new Set(all.map(({ kind }) => kind))]).toEqual(['document']);
    const one = await ops.listAuditFacts({ cursor: '', limit: 1, subjects: [], changedSince: '' });
    expect([one.facts.length, one.nextCursor === '']).toEqual([1, false]);
  });
});

/** A record as its service would publish it, the first of its key. */
function recordOf({ topic, type, key, value }: { topic: string; type: string; key: string; value: string }): NewRecord {
  const headers = {
    ce_specversion: '1.0',
    ce_id: newUuid(),
    ce_type: type,
    ce_source: '/tandem/spec',
    ce_time: '2026-11-21T12:00:00.000Z',
    ce_subject: key,
    ce_sequence: '1',
    'content-type': 'application/json',
  };
  return { topic, key, headers, value };
}
