import type { Principal } from '../identity.js';
import { uuidOf } from '../ids.js';

/** Who calls, and what travels with every call. Given to each RPC handler as its second argument. */
export type Caller = {
  readonly by:
    | { readonly kind: 'anonymous' }
    | { readonly kind: 'service'; readonly service: string }
    | ({ readonly kind: 'user' } & { readonly principal: Principal });
  /** The request of the outside that caused this call; in every log line and problem. */
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  /** The access token, to call on as the same user. */
  readonly token: string | undefined;
  /** When the caller stops waiting. */
  readonly deadline: Date | undefined;
  readonly traceparent: string | undefined;
  /** Aborted once the caller does not wait any more, as a rule also when it has its answer. Calls made as this caller end with it, so it is there only while nothing is lost by that: the edge has none for a write. */
  readonly signal?: AbortSignal | undefined;
  /** Tells the caller that this answer is the stored one of an earlier request. */
  readonly markReplayed: () => void;
};

/** The user behind a call to an RPC that only users may call. */
export function principalOf(caller: Caller): Principal {
  if (caller.by.kind !== 'user') throw new TypeError('this RPC is for users; its policy should have refused the call');
  return caller.by.principal;
}

/** The UUID of the user behind a call: whose things it may touch. */
export function ownerOf(caller: Caller): string {
  return uuidOf('customer', principalOf(caller).id);
}

export function isStaff(caller: Caller): boolean {
  return caller.by.kind === 'user' && caller.by.principal.kind === 'staff';
}

/** Metadata keys that travel between services. */
export const metadataKeys = {
  authorization: 'authorization',
  requestId: 'x-request-id',
  idempotencyKey: 'idempotency-key',
  traceparent: 'traceparent',
  replayed: 'idempotency-replayed',
  problem: 'tandem-problem-bin',
} as const;
