import { type Problem, type ProblemCode, problems } from '@tandem/contracts';

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

/** A 404, e.g. for an id that is malformed or belongs to somebody else. */
export function notFound(detail?: string): Refusal {
  return new Refusal('not-found', detail === undefined ? {} : { detail });
}

/** A 400 that names one field. */
export function invalidField(pointer: string, code: string, message: string): Refusal {
  return new Refusal('validation-failed', { detail: `${pointer}: ${message}`, errors: [{ pointer, code, message }] });
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
