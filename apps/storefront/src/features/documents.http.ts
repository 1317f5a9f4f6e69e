import { Controller } from '@nestjs/common';
import type { documentV1, orderV1 } from '@tandem/contracts';
import { type CallOptions, notFound, type Peer, Refusal } from '@tandem/host';
import { isNamed } from '../domain/etag.js';
import type { Answer } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { PendingDocument } from './schemas/document.schema.js';
import { hasEnded, Job, jobFrom } from './schemas/job.schema.js';

const pdf = 'application/pdf';
const shared = {
  method: 'GET',
  reads: ['If-None-Match'],
  sends: [pdf],
  hasEtag: true,
  answers: { 200: null, 202: PendingDocument, 304: null },
  refuses: ['document-not-made'],
} as const;

const getInvoice = endpoint({
  ...shared,
  operationId: 'getInvoice',
  path: '/v1/orders/:orderId/invoice',
  tag: 'Documents',
  policy: 'user',
  summary: 'The invoice of an order as PDF; 202 while it is being made',
});
const getCreditNote = endpoint({
  ...shared,
  operationId: 'getCreditNote',
  path: '/v1/orders/:orderId/refunds/:refundId/credit-note',
  tag: 'Documents',
  policy: 'user',
  summary: 'The credit note of a refund as PDF; 202 while it is being made',
});
const getPackingSlip = endpoint({
  ...shared,
  operationId: 'getPackingSlip',
  path: '/admin/v1/orders/:orderId/packing-slip',
  tag: 'Documents',
  policy: 'staff',
  summary: 'The packing slip of an order as PDF; 202 while it is being made',
});
const asked = {
  method: 'POST',
  tag: 'Documents',
  idempotencyKey: 'honoured',
  summary: 'Have it made once more if its job has failed or was cancelled; asking again changes nothing',
  answers: { 202: Job },
} as const;
const requestInvoice = endpoint({ ...asked, operationId: 'requestInvoice', path: '/v1/orders/:orderId/invoice', policy: 'user' });
const requestCreditNote = endpoint({
  ...asked,
  operationId: 'requestCreditNote',
  path: '/v1/orders/:orderId/refunds/:refundId/credit-note',
  policy: 'user',
});
const requestPackingSlip = endpoint({
  ...asked,
  operationId: 'requestPackingSlip',
  path: '/admin/v1/orders/:orderId/packing-slip',
  policy: 'staff',
});

/** The document service, and order for what is not yet planned. */
export class DocumentPeers {
  constructor(
    readonly document: Peer<typeof documentV1.DocumentServiceService>,
    readonly order: Pick<Peer<typeof orderV1.OrderServiceService>, 'getOrder'>,
  ) {}
}

type Wanted = { readonly orderId: string; readonly kind: 'invoice' | 'credit-note' | 'packing-slip'; readonly reference: string };

/** Seconds after which it is worth asking again. */
const againAfter = { 'Retry-After': '1' };

/** Documents of orders. */
@Controller()
export class DocumentsHttp {
  constructor(private readonly peers: DocumentPeers) {}

  @Serves(getInvoice)
  invoice({ params: { orderId }, header, as }: CallOf<typeof getInvoice>): Promise<Answer> {
    return this.answer({ orderId, kind: 'invoice', reference: '' }, header('if-none-match'), as);
  }

  @Serves(getCreditNote)
  creditNote({ params: { orderId, refundId }, header, as }: CallOf<typeof getCreditNote>): Promise<Answer> {
    return this.answer({ orderId, kind: 'credit-note', reference: refundId }, header('if-none-match'), as);
  }

  @Serves(getPackingSlip)
  packingSlip({ params: { orderId }, header, as }: CallOf<typeof getPackingSlip>): Promise<Answer> {
    return this.answer({ orderId, kind: 'packing-slip', reference: '' }, header('if-none-match'), as);
  }

  @Serves(requestInvoice)
  requestInvoice({ params: { orderId }, as }: CallOf<typeof requestInvoice>): Promise<Answer> {
    return this.request({ orderId, kind: 'invoice', reference: '' }, as);
  }

  @Serves(requestCreditNote)
  requestCreditNote({ params: { orderId, refundId }, as }: CallOf<typeof requestCreditNote>): Promise<Answer> {
    return this.request({ orderId, kind: 'credit-note', reference: refundId }, as);
  }

  @Serves(requestPackingSlip)
  requestPackingSlip({ params: { orderId }, as }: CallOf<typeof requestPackingSlip>): Promise<Answer> {
    return this.request({ orderId, kind: 'packing-slip', reference: '' }, as);
  }

  private async request(wanted: Wanted, as: CallOptions): Promise<Answer> {
    const { job } = await this.peers.document.requestDocument({ ...wanted, knownSha256: '' }, as);
    if (!job) throw notFound();
    return { status: 202, body: jobFrom(job), headers: { ...againAfter, Location: `/v1/jobs/${job.id}` } };
  }

  private async answer(wanted: Wanted, ifNoneMatch: string | undefined, as: CallOptions): Promise<Answer> {
    const known = /"([0-9a-f]{64})"/.exec(ifNoneMatch ?? '')?.[1] ?? '';
    const found = await this.find({ ...wanted, knownSha256: known }, as);
    if (!found?.sha256) return pending(found?.job);
    const headers = { ETag: `"${found.sha256}"`, 'Cache-Control': 'private, no-cache' };
    if (isNamed(headers.ETag, ifNoneMatch)) return { status: 304, body: undefined, headers };
    const file = `inline; filename="${found.number}.pdf"`;
    return { status: 200, body: Buffer.from(found.content), headers: { ...headers, 'Content-Type': pdf, 'Content-Disposition': file } };
  }

  /** `undefined`: it will be there soon, since the order is confirmed and its event on its way. */
  private async find(request: documentV1.GetDocumentRequest, as: CallOptions): Promise<documentV1.Document | undefined> {
    try {
      return await this.peers.document.getDocument(request, as);
    } catch (error) {
      if (!(error instanceof Refusal) || error.problem.code !== 'not-found' || request.kind === 'credit-note') throw error;
      const { confirmedAt } = await this.peers.order.getOrder({ orderId: request.orderId }, as);
      if (confirmedAt === undefined) throw notFound('the order is not confirmed; from its confirmation on it has documents');
      return undefined;
    }
  }
}

function pending(job: documentV1.Document['job']): Answer {
  if (!job) return { status: 202, body: { job: null }, headers: againAfter };
  if (hasEnded(job) && job.state !== 'done')
    throw new Refusal('document-not-made', {
      detail: `its job is ${job.state}: ${job.failure ?? 'nobody said why'}`,
      extensions: { job: jobFrom(job) },
    });
  return { status: 202, body: { job: jobFrom(job) }, headers: { ...againAfter, Location: `/v1/jobs/${job.id}` } };
}
