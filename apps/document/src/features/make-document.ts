import { contentHash, type Jobs, type Storage, storageKey, toPublicId } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { type Done, done, effect, type Handled, type Ignored, ignored } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { Document, Documents, NotRendered, Renderer } from '../domain/ports.js';
import { resultOf } from './job-of-document.js';

type Parts = {
  readonly documents: Documents;
  readonly jobs: Jobs;
  readonly renderer: Renderer;
  readonly storage: Storage;
  readonly logger: Pick<Logger, 'warn'>;
};
type Making = { readonly kind: 'made'; readonly sha256: string; readonly sizeBytes: number } | NotRendered;

/**
 * Makes one document: starts its job, draws and stores it outside the transaction, then writes down where it is and ends the job. Safe to repeat:
 * the same facts give the same bytes, which are stored under their hash. One that cannot be drawn fails its job, is told in the log, and holds up
 * nobody: neither what else there is of its order nor itself, when it is asked for again.
 */
export class MakeDocument {
  constructor(private readonly parts: Parts) {}

  async run(tx: Tx, jobId: string): Promise<Handled> {
    const [job, document] = await Promise.all([this.parts.jobs.start(tx, jobId), this.parts.documents.ofJob(tx, jobId)]);
    if (!job) return ignored('job-ended');
    if (!document) return ignored('document-has-another-job');
    return effect(
      () => this.make(document),
      (settling, making) => this.settle(settling, document, making),
    );
  }

  private async make({ jobId, orderId, number, facts }: Document): Promise<Making> {
    const { jobs, renderer, storage, logger } = this.parts;
    const rendering = await renderer.render({ number, facts });
    if (rendering.kind === 'not-rendered') {
      await jobs.fail(jobId, rendering.because);
      const { because, detail } = rendering;
      const names = { number, orderId: toPublicId('order', orderId), jobId: toPublicId('documentJob', jobId) };
      logger.warn({ ...names, because, detail }, 'a document cannot be drawn; its job has failed');
      return rendering;
    }
    const sha256 = contentHash(rendering.pdf);
    const { sizeBytes } = await storage.put(keyOf(sha256), rendering.pdf);
    return { kind: 'made', sha256, sizeBytes };
  }

  private async settle(tx: Tx, document: Document, making: Making): Promise<Done | Ignored> {
    switch (making.kind) {
      case 'not-rendered':
        return ignored(making.because);
      case 'made': {
        const { sha256, sizeBytes } = making;
        if (!(await this.parts.jobs.finish(tx, document.jobId, resultOf(document, making)))) return ignored('cancelled');
        await this.parts.documents.made(tx, document.id, { sha256, sizeBytes });
        return done;
      }
    }
  }
}

/** Where bytes with this hash are archived. */
export function keyOf(sha256: string) {
  return storageKey('documents', sha256.slice(0, 2), `${sha256}.pdf`);
}
