import { type FieldError, type ProblemCode, problems } from '@tandem/contracts';
import type { Refusal } from '@tandem/host';

/** A refusal as it goes over HTTP. */
export type RenderedProblem = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
};

/** The field of problems that can only be about one. */
const usualErrors: Partial<Record<ProblemCode, readonly FieldError[]>> = {
  'bad-cursor': [{ pointer: '/query/cursor', code: 'invalid', message: 'wants `nextCursor` of the page before' }],
};

/** What to do about a refusal that says nothing more than its code. */
const usualDetails: Partial<Record<ProblemCode, string>> = {
  'checkout-in-progress':
    'it waits for the bank or for the shopper; send the same request with the same key, or wait until its order has ended',
  'order-not-cancellable': 'an order that waits for its payment ends by itself, and of a refunded one nothing is left to give back',
  'out-of-stock': 'of the `lines` named fewer are left than the cart has; lower their quantity or remove them',
  'seats-taken': 'the `seats` named of each line are not free any more; pick others',
};

/** Nothing is said of `lines` where none are named, as in answers that were stored when an expired reservation had no words of its own. */
function usualDetail({ problem: { code, extensions } }: Refusal): string | undefined {
  const lines = extensions?.['lines'];
  return Array.isArray(lines) && lines.length === 0 ? undefined : usualDetails[code];
}

/** Seconds a client is told to wait when nobody knows better. */
const usualWait = 1;

/** A problem document (RFC 9457) and its headers: a pure function, so that a stored refusal gives the same bytes again. */
export function renderProblem(refusal: Refusal, requestId: string): RenderedProblem {
  const { code, errors, extensions = {}, retryAfterSeconds } = refusal.problem;
  const detail = refusal.problem.detail ?? usualDetail(refusal);
  const { status, title, retryable } = problems[code];
  const body = {
    type: `https://tandem.example/problems/${code}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    code,
    ...((errors ?? usualErrors[code]) ? { errors: errors ?? usualErrors[code] } : {}),
    requestId: refusal.replayOf?.requestId ?? requestId,
    retryable,
  };
  const wait = retryAfterSeconds ?? (status === 429 || status === 503 ? usualWait : undefined);
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(wait === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(wait))) }),
    ...(refusal.replayOf ? { 'Idempotency-Replayed': 'true' } : {}),
    ...(code === 'token-missing' ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(code === 'token-invalid' ? { 'WWW-Authenticate': 'Bearer error="invalid_token"' } : {}),
  };
  return { status, headers, body: { ...body, ...extensions, ...body } };
}
