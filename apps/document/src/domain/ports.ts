import type { Tx } from '@tandem/kernel';
import type { DocumentFacts, DocumentKind } from './facts.js';

export type Document = {
  readonly id: string;
  readonly orderId: string;
  readonly kind: DocumentKind;
  /** The refund of a credit note; empty otherwise. */
  readonly reference: string;
  readonly number: string;
  /** A public id. */
  readonly ownerId: string;
  readonly facts: DocumentFacts;
  readonly jobId: string;
  /** Of its bytes in the storage; null until it is made. */
  readonly sha256: string | null;
  readonly sizeBytes: number | null;
  readonly createdAt: Date;
  /** How its job ended, once that job is forgotten; null also where it was forgotten before this was kept. */
  readonly ending: Ending | null;
};

/** `failure` is a word for programs, where it failed. */
export type Ending = { readonly as: 'done' | 'failed' | 'cancelled'; readonly failure: string | null; readonly at: Date };

export type NewDocument = Pick<Document, 'id' | 'orderId' | 'kind' | 'reference' | 'ownerId' | 'facts' | 'jobId'>;
export type DocumentKey = { readonly orderId: string; readonly kind: DocumentKind; readonly reference: string };

/** Documents; one of a kind, order and reference for ever. */
export type Documents = {
  /**
   * Writes it down with the next number of its series, and answers that; `undefined` when it was planned before, and then no number is taken. `beforeNumber` asks at once
   * for what else belongs to the plan, and that goes ahead of the number: whoever takes the next number waits from the number to the commit, so nothing else should lie in between.
   */
  plan(tx: Tx, document: NewDocument, beforeNumber: () => Promise<void>): Promise<string | undefined>;
  find(key: DocumentKey, tx?: Tx): Promise<Document | undefined>;
  /** The invoice that stands in this transaction. */
  invoiceOf(tx: Tx, orderId: string): Promise<Document | undefined>;
  ofJob(tx: Tx, jobId: string): Promise<Document | undefined>;
  /** Gives it another job if it still has this one and was never made; false otherwise. */
  reassign(tx: Tx, id: string, jobs: { readonly from: string; readonly to: string }): Promise<boolean>;
  made(tx: Tx, id: string, bytes: { readonly sha256: string; readonly sizeBytes: number }): Promise<void>;
  /** Keeps how their jobs ended, for those that still have that job. */
  remember(tx: Tx, endings: readonly (Ending & { readonly jobId: string })[]): Promise<void>;
};

/** It cannot be drawn, however often it is tried: the renderer said so, or had to be stopped. */
export type NotRendered = {
  readonly kind: 'not-rendered';
  readonly because: 'rendering-failed' | 'rendering-timed-out' | 'rendering-crashed';
  readonly detail: string;
};

/** Lays documents out and draws them, apart from the work of the service. The same number and facts give the same bytes. Never rejects for what it is given. */
export type Renderer = {
  render(document: {
    readonly number: string;
    readonly facts: DocumentFacts;
  }): Promise<{ readonly kind: 'rendered'; readonly pdf: Uint8Array } | NotRendered>;
  close(): Promise<void>;
};
