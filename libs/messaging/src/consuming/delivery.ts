import type { LogRecord } from '../event-log.js';
import type { Retry } from './admission.js';
import type { Decoded } from './decode.js';
import type { RetryPolicy } from './policy.js';

/** One message on its way to its handlers: from the log, or (`retry`) from where it was parked. */
export type Delivery = {
  readonly record: LogRecord;
  readonly decoded: Decoded;
  readonly policy: RetryPolicy;
  readonly retry?: Retry;
  /** Tries before this one that failed, and when the first of them began. Of a parked message, since it was taken up again. */
  readonly story?: Story;
  /** Fires when the partition is lost or the consumer closes. */
  readonly signal: AbortSignal;
};

/** How a delivery ended. All but `later` are final for the log: the offset moves on. */
export type Outcome =
  | { readonly kind: 'handled' }
  | { readonly kind: 'ignored'; readonly because: string }
  /** Nobody here wanted it: a routing rule let it go, or no handler listens to its type. */
  | { readonly kind: 'skipped'; readonly because: 'filtered' | 'unhandled' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'parked'; readonly as: 'open' | 'behind' | 'dead' }
  | { readonly kind: 'later'; readonly afterMs: number };

/** What the inner steps may answer besides: a message that could not be settled, to be parked by the step around them. */
export type Setback =
  | { readonly kind: 'poison'; readonly because: string }
  | { readonly kind: 'failed'; readonly error: unknown; readonly tries: readonly Try[] };

/** What is remembered of a message that is tried again. `sinceMs` by `Date.now`. */
export type Story = { readonly sinceMs: number; readonly tries: Try[] };

export type Try = { readonly at: string; readonly error: string };

/** A step of the pipeline. */
export type Step<O = Outcome> = (delivery: Delivery) => Promise<O>;
/** Wraps a step: `next => delivery => …`. */
export type Middleware<Inner = Outcome, Outer = Inner> = (next: Step<Inner>) => Step<Outer>;
