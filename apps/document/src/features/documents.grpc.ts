import { Controller } from '@nestjs/common';
import { documentV1 } from '@tandem/contracts';
import {
  bytesOf,
  type Caller,
  contentHash,
  hasEnded,
  hashOf,
  isStaff,
  type Jobs,
  jobReply,
  notFound,
  once,
  parsePublicId,
  principalOf,
  Refusal,
  Rpc,
  scopeOf,
  type Storage,
} from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import { documentKinds } from '../domain/facts.js';
import type { Document, Documents } from '../domain/ports.js';
import { jobOfDocument } from './job-of-document.js';
import { keyOf } from './make-document.js';
import { PlanDocuments } from './plan-documents.js';

/** What reading documents stands on. */
export class DocumentReads {
  constructor(
    readonly documents: Documents,
    readonly jobs: Jobs,
    readonly storage: Storage,
    readonly database: Database,
  ) {}
}

/** Documents of orders. Another shopper's is not found. */
@Controller()
export class DocumentsGrpc {
  constructor(
    private readonly reads: DocumentReads,
    private readonly planDocuments: PlanDocuments,
  ) {}

  @Rpc('DocumentService', 'getDocument', ['user', 'service'])
  async get(request: documentV1.GetDocumentRequest, caller: Caller): Promise<documentV1.Document> {
    const document =
      request.kind === 'packing-slip' && isStaff(caller) ? await this.slipOf(request, caller) : await this.seen(request, caller);
    const isKnown = document.sha256 !== null && document.sha256 === request.knownSha256;
    return {
      ...(await this.replyOf(document)),
      content: document.sha256 === null || isKnown ? Buffer.alloc(0) : await this.contentOf(document.sha256),
    };
  }

  @Rpc('DocumentService', 'requestDocument', ['user'])
  async request(request: documentV1.GetDocumentRequest, caller: Caller): Promise<documentV1.Document> {
    const scope = scopeOf(caller, hashOf('document.RequestDocument', documentV1.GetDocumentRequest.encode(request).finish()));
    const reply = await once(this.reads.database, caller, scope, {
      prepare: () => this.seen(request, caller),
      run: async (tx, document) => {
        if (document.sha256 !== null || !hasEnded(await jobOfDocument(this.reads.jobs, document, tx))) return this.replyOf(document, tx);
        const renewed = await this.planDocuments.again(tx, document);
        return this.replyOf(renewed ?? (await this.seen(request, caller, tx)), tx);
      },
    });
    return { ...reply, content: Buffer.alloc(0) };
  }

  private async seen({ orderId, kind, reference }: documentV1.GetDocumentRequest, caller: Caller, tx?: Tx): Promise<Document> {
    const id = parsePublicId('order', orderId);
    const known = documentKinds.find((each) => each === kind);
    const document = id === undefined || !known ? undefined : await this.reads.documents.find({ orderId: id, kind: known, reference }, tx);
    if (!document || !maySee(caller, document)) throw notFound();
    return document;
  }

  /** Nobody looks at most packing slips, so the first who does has it made, from the facts of the invoice. */
  private async slipOf(request: documentV1.GetDocumentRequest, caller: Caller): Promise<Document> {
    const invoice = await this.seen({ ...request, kind: 'invoice' }, caller);
    const { order, seller } = invoice.facts;
    const key = { orderId: invoice.orderId, kind: 'packing-slip', reference: '' } as const;
    const made = await this.reads.documents.find(key);
    if (made) return made;
    await this.reads.database.transaction((tx) =>
      this.planDocuments.run(tx, { facts: { kind: 'packing-slip', order, seller }, ownerId: invoice.ownerId }),
    );
    return this.seen(request, caller);
  }

  private async replyOf(document: Document, tx?: Tx): Promise<Omit<documentV1.Document, 'content'>> {
    const { number, kind, sha256 } = document;
    const job = jobReply('documentJob', await jobOfDocument(this.reads.jobs, document, tx));
    return { number, kind, job, sha256: sha256 ?? '' };
  }

  /** What is archived is what was made: anything else is not given out. */
  private async contentOf(sha256: string): Promise<Buffer> {
    const stored = await this.reads.storage.get(keyOf(sha256));
    const bytes = stored && (await bytesOf(stored.content));
    if (!bytes || contentHash(bytes) !== sha256)
      throw new Refusal('unavailable', { detail: 'the archive does not have the document as it was made', retryAfterSeconds: 60 });
    return bytes;
  }
}

function maySee(caller: Caller, { kind, ownerId }: Document): boolean {
  if (caller.by.kind === 'service' || isStaff(caller)) return true;
  return kind !== 'packing-slip' && ownerId === principalOf(caller).id;
}
