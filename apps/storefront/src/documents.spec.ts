import type { documentV1, jobsV1 } from '@tandem/contracts';
import { notFound } from '@tandem/host';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

const orderId = 'ord_01h455vb4pex5vsknk084sn02q';
const sha256 = 'ab'.repeat(32);
const job = (state: string): jobsV1.Job => ({
  id: 'docjob_01h455vb4pex5vsknk084sn02q',
  kind: 'invoice',
  state,
  progress: 0,
  version: 1,
  createdAt: '2026-11-21T12:00:00.000Z',
  changedAt: '2026-11-21T12:00:00.000Z',
  resultJson: undefined,
  failure: undefined,
});

describe('documents at the edge', () => {
  let found: documentV1.Document | undefined;
  let asked: documentV1.GetDocumentRequest[];
  let confirmedAt: string | undefined;
  let storefront: SpecStorefront;

  beforeAll(async () => {
    const getDocument = async (request: documentV1.GetDocumentRequest) => {
      asked.push(request);
      if (!found) throw notFound();
      return request.knownSha256 === found.sha256 ? { ...found, content: Buffer.alloc(0) } : found;
    };
    const order = {
      getOrder: ({ orderId: id }: { orderId: string }) => (id === orderId ? Promise.resolve({ confirmedAt }) : Promise.reject(notFound())),
    };
    storefront = await startStorefront({ document: { getDocument, requestDocument: () => Promise.resolve(found) }, order });
  });
  afterAll(() => storefront.close());
  beforeEach(() => {
    found = { number: 'INV-2026-000017', kind: 'invoice', job: job('done'), sha256, content: Buffer.from('%PDF-1.7') };
    asked = [];
    confirmedAt = '2026-11-21T12:00:00.000Z';
  });

  const ask = (
    path: string,
    { headers = {}, who = 'customer:cus_1', method = 'GET' }: { headers?: Record<string, string>; who?: string; method?: string } = {},
  ) => fetch(`${storefront.url}${path}`, { method, headers: { authorization: `Bearer ${who}`, ...headers } });
  const invoice = `/v1/orders/${orderId}/invoice`;

  it('come as a file that is named after its number and known by its content', async () => {
    const answer = await ask(invoice);
    const headers = ['content-type', 'content-disposition', 'etag', 'cache-control'].map((name) => answer.headers.get(name));
    expect([answer.status, await answer.text(), ...headers]).toEqual([
      200,
      '%PDF-1.7',
      'application/pdf',
      'inline; filename="INV-2026-000017.pdf"',
      `"${sha256}"`,
      'private, no-cache',
    ]);
  });

  it('are not sent again to who has them', async () => {
    for (const tag of [`"${sha256}"`, `W/"${sha256}"`, `"other", "${sha256}"`]) {
      const answer = await ask(invoice, { headers: { 'if-none-match': tag } });
      expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', `"${sha256}"`]);
    }
    expect((await ask(invoice, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('are pending while they are made, and before that while the event of their order is on its way', async () => {
    found = { ...found!, sha256: '', content: Buffer.alloc(0), job: job('running') };
    const answer = await ask(invoice);
    expect([answer.status, answer.headers.get('location'), answer.headers.get('retry-after'), await answer.json()]).toEqual([
      202,
      '/v1/jobs/docjob_01h455vb4pex5vsknk084sn02q',
      '1',
      { job: expect.objectContaining({ state: 'running' }) as unknown },
    ]);
    found = undefined;
    const early = await ask(invoice);
    expect([early.status, early.headers.get('location'), await early.json()]).toEqual([202, null, { job: null }]);
  });

  it('are not there for an order that is not confirmed, or not there', async () => {
    found = undefined;
    confirmedAt = undefined;
    const told = async (path: string) => {
      const answer = await ask(path);
      return [answer.status, ((await answer.json()) as { detail: string }).detail];
    };
    expect([await told(invoice), await told('/v1/orders/ord_x/invoice')]).toEqual([
      [404, 'the order is not confirmed; from its confirmation on it has documents'],
      [404, 'there is no invoice of order ord_x of yours'],
    ]);
    confirmedAt = '2026-11-21T12:00:00.000Z';
    expect((await ask(`/v1/orders/${orderId}/refunds/ref_1/credit-note`)).status).toBe(404);
  });

  it.each(['failed', 'cancelled'])('say so when their job is %s, and can be asked for again', async (state) => {
    found = { ...found!, sha256: '', content: Buffer.alloc(0), job: job(state) };
    const answer = await ask(invoice);
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'document-not-made', job: { state } }]);
    found = { ...found, job: job('queued') };
    const again = await ask(invoice, { method: 'POST' });
    expect([again.status, again.headers.get('location'), await again.json()]).toMatchObject([
      202,
      '/v1/jobs/docjob_01h455vb4pex5vsknk084sn02q',
      { state: 'queued' },
    ]);
  });

  it('are asked for by kind: the packing slip by staff alone', async () => {
    const slip = `/admin/v1/orders/${orderId}/packing-slip`;
    expect([
      (await ask(slip)).status,
      (await ask(slip, { who: 'staff:cus_2' })).status,
      (await ask(`/v1/orders/${orderId}/refunds/ref_1/credit-note`)).status,
    ]).toEqual([403, 200, 200]);
    expect(asked.map(({ kind, reference }) => [kind, reference])).toEqual([
      ['packing-slip', ''],
      ['credit-note', 'ref_1'],
    ]);
  });
});
