import { DocumentRequestedV1 } from '@tandem/contracts';
import { type Jobs, newUuid, toPublicId, uuidOf } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { DocumentFacts } from '../domain/facts.js';
import type { Document, Documents, NewDocument } from '../domain/ports.js';

type Parts = { readonly documents: Documents; readonly jobs: Jobs; readonly outbox: Outbox; readonly now: Now };

/** `ownerId` is whose the order is, a public id; `reference` the refund of a credit note. */
export type Planned = { readonly facts: DocumentFacts; readonly ownerId: string; readonly reference?: string };

/** Plans documents: number, facts, job and the record for a worker, in one transaction. Planning again changes nothing. */
export class PlanDocuments {
  constructor(private readonly parts: Parts) {}

  async run(tx: Tx, { facts, ownerId, reference = '' }: Planned): Promise<'planned' | 'planned-before'> {
    const orderId = uuidOf('order', facts.order.orderId);
    const document = { id: newUuid(), orderId, kind: facts.kind, reference, ownerId, facts, jobId: newUuid() };
    const number = await this.parts.documents.plan(tx, document, () => this.queue(tx, document));
    return number === undefined ? 'planned-before' : 'planned';
  }

  /** Plans a document that was never made once more, under another job. `undefined` when somebody else has just done so, or it is made. */
  async again(tx: Tx, document: Document): Promise<Document | undefined> {
    const jobId = newUuid();
    if (!(await this.parts.documents.reassign(tx, document.id, { from: document.jobId, to: jobId }))) return undefined;
    const renewed = { ...document, jobId };
    await this.queue(tx, renewed);
    return renewed;
  }

  private async queue(tx: Tx, { orderId, kind, ownerId, jobId }: NewDocument): Promise<void> {
    const { jobs, outbox, now } = this.parts;
    await Promise.all([
      // both are asked for at once, ahead of the document's number
      jobs.create(tx, { id: jobId, kind, ownerId: kind === 'packing-slip' ? null : ownerId }),
      outbox.enqueue(tx, DocumentRequestedV1, {
        jobId: toPublicId('documentJob', jobId),
        orderId: toPublicId('order', orderId),
        kind,
        requestedAt: now().toISOString(),
      }),
    ]);
  }
}
