import type { Caller } from '../grpc/caller.js';

/** Somebody who calls a method that takes a `Caller`, with a token and without a deadline. `markReplayed`: is told when the answer is a stored one. */
export function aCaller(by: Caller['by'], idempotencyKey?: string, markReplayed: () => void = () => undefined): Caller {
  return {
    by,
    requestId: 'r',
    idempotencyKey,
    token: 't',
    deadline: undefined,
    traceparent: undefined,
    markReplayed,
  };
}
