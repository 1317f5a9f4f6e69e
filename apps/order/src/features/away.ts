import type { Problem, ProblemCode } from '@tandem/contracts';
import { PeerUnavailable, Refusal } from '@tandem/host';

/** Refusals that say nothing about the effect that was asked for: it may have happened. */
const undecided: ReadonlySet<ProblemCode> = new Set(['unavailable', 'internal-error', 'overloaded']);

/** True when another service did not answer, or could not: whether its effect has happened is not known. */
export function isAway(error: unknown): boolean {
  return error instanceof PeerUnavailable || (error instanceof Refusal && undecided.has(error.problem.code));
}

/** The problem a caller gets while another service is away. */
export function awayProblem(error: unknown): Problem {
  const who = error instanceof PeerUnavailable ? error.peer : 'a part of the shop';
  return { code: 'unavailable', detail: `${who} is away for a moment`, retryAfterSeconds: 1 };
}
