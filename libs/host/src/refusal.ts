import { type FieldError, type Problem, type ProblemCode, problems } from '@tandem/contracts';

/** An expected refusal on its way to the caller: thrown at an edge only, translated once by the gRPC or HTTP filter. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problem: Problem;
  /** Set when this is the stored answer of an earlier request with the same idempotency key. */
  readonly replayOf: { readonly requestId: string } | undefined;

  constructor(code: ProblemCode, details: Omit<Problem, 'code'> = {}, replayOf?: { readonly requestId: string }) {
    super(details.detail ?? problems[code].title);
    this.problem = { code, ...details };
    this.replayOf = replayOf;
  }
}

const longestId = 100;

/** An id as a refusal tells it back, 100 characters at most: ours are shorter, and a text that is none need not come back whole. */
export function toldBack(id: string): string {
  return id.slice(0, longestId);
}

/** A 404, e.g. for an id that is malformed or belongs to somebody else. */
export function notFound(detail?: string): Refusal {
  return new Refusal('not-found', detail === undefined ? {} : { detail });
}

/** A 404 that names what there is not. The same words for an id that is malformed, unknown, or somebody else's. */
export function noSuch(kind: string, id: string): Refusal {
  return notFound(`there is no ${kind} ${toldBack(id)}`);
}

/** The same of a variant, which has a code of its own. */
export function noSuchVariant(id: string): Refusal {
  return new Refusal('unknown-variant', { detail: `there is no variant ${toldBack(id)}` });
}

/** A 400 for a cursor that no page of ours has given. */
export function badCursor(): Refusal {
  return new Refusal('bad-cursor', { detail: 'send the nextCursor of the page before as it is, or no cursor for the first page' });
}

/** A 412 for a write that expected another version of the cart. */
export function cartChanged(): Refusal {
  return new Refusal('cart-changed', { detail: 'read the cart again and decide anew, with the ETag it has then' });
}

/** A 400 that names one field. */
export function invalidField(pointer: string, code: string, message: string): Refusal {
  return invalidFields([{ pointer, code, message }]);
}

/** A 400 that names every field that does not fit. */
export function invalidFields(errors: readonly FieldError[]): Refusal {
  return new Refusal('validation-failed', { detail: errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; '), errors });
}

/** Another service did not answer: not reachable, or past the deadline. The outcome of a write is unknown. Becomes 503 `unavailable`. */
export class PeerUnavailable extends Error {
  override readonly name = 'PeerUnavailable';
  constructor(
    readonly peer: string,
    readonly grpcStatus: number,
    options?: ErrorOptions,
  ) {
    super(`${peer} did not answer (gRPC status ${grpcStatus})`, options);
  }
}

/** Whether a call of another service says only that it, or what it needs, is away. */
export function isPeerAway(error: unknown): boolean {
  return error instanceof PeerUnavailable || (error instanceof Refusal && error.problem.code === 'unavailable');
}
