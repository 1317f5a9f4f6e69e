import { Controller } from '@nestjs/common';
import { DocumentRequestedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { type Handled, On } from '@tandem/messaging';
import { MakeDocument } from './make-document.js';

/** A worker of the queue `document.jobs`: replicas share the work. One process draws one document at a time, so few in hand keep it busy. */
@Controller()
export class MakeDocumentOnRequested {
  constructor(private readonly makeDocument: MakeDocument) {}

  @On(DocumentRequestedV1)
  handle({ jobId }: DocumentRequestedV1, tx: Tx): Promise<Handled> {
    return this.makeDocument.run(tx, uuidOf('documentJob', jobId));
  }
}
