import { forgottenJob, type Job, type Jobs, toPublicId } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import type { Document, Documents } from '../domain/ports.js';

/** The job of a document. Jobs are forgotten, documents are not: of one that is forgotten, as the document keeps it. */
export async function jobOfDocument(jobs: Pick<Jobs, 'find'>, document: Document, tx?: Tx): Promise<Job> {
  return (await jobs.find(document.jobId, tx)) ?? jobLeftBy(document);
}

/** What a document's job is told to have made, publicly. */
export function resultOf(
  { number, kind, orderId }: Document,
  { sha256, sizeBytes }: { readonly sha256: string; readonly sizeBytes: number | null },
) {
  return { number, kind, orderId: toPublicId('order', orderId), sha256, sizeBytes };
}

/** What documents keep of jobs that are forgotten. */
export function rememberIn(documents: Pick<Documents, 'remember'>) {
  return (tx: Tx, ended: readonly Job[]): Promise<void> =>
    documents.remember(
      tx,
      ended.flatMap(({ id, state, failure, changedAt }) =>
        state === 'queued' || state === 'running' ? [] : [{ jobId: id, as: state, failure, at: changedAt }],
      ),
    );
}

/** A document that was never made and does not know why was forgotten before it was kept: its job counts as lost. */
function jobLeftBy(document: Document): Job {
  const { jobId, kind, ownerId, sha256, sizeBytes, createdAt, ending } = document;
  return forgottenJob({
    id: jobId,
    kind,
    ownerId: kind === 'packing-slip' ? null : ownerId,
    state: sha256 === null ? (ending?.as ?? 'failed') : 'done',
    result: sha256 === null ? null : resultOf(document, { sha256, sizeBytes }),
    failure: ending?.failure,
    createdAt,
    endedAt: ending?.at,
  });
}
