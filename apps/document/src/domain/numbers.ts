import { type DocumentFacts, issuedAt } from './facts.js';

/**
 * The series a document's number is counted in, one a year; `undefined` for a packing slip, which needs none. Numbers of a series have no gap
 * and no repeat. Source: Directive 2006/112/EC, article 226 (2): "a sequential number, based on one or more series".
 */
export function seriesOf(facts: DocumentFacts): string | undefined {
  if (facts.kind === 'packing-slip') return undefined;
  return `${facts.kind === 'invoice' ? 'INV' : 'CN'}-${issuedAt(facts).getUTCFullYear()}`;
}

/** A packing slip is called by its order. */
export function packingSlipNumber(orderNumber: string): string {
  return `PS-${orderNumber}`;
}
