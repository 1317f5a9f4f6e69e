import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  credentials,
  type Metadata,
  Metadata as GrpcMetadata,
  type MethodDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { Counter, Histogram } from 'prom-client';
import { around } from '../crash-points/with-crash-points.js';
import type { Reach } from '../crash-points/reach.js';
import { PeerUnavailable } from '../refusal.js';
import { type Caller, metadataKeys } from './caller.js';
import { NobodyWaits, whenAborted } from './nobody-waits.js';
import type { Neighbours, UnaryAnswer, UnaryCall } from './neighbours.js';
import { refusalOf } from './problem-wire.js';
import { createRetryBudget, type RetryBudget } from './retry-budget.js';

/**
 * Options for a call whose answer several wait for: it goes on when the one that asks first goes away. Throws `NobodyWaits` when that one is gone
 * already.
 */
export function forSeveral(options: CallOptions): CallOptions {
  if (options.as?.signal?.aborted) throw new NobodyWaits('gone');
  return options.as ? { ...options, as: { ...options.as, signal: undefined } } : options;
}

/** A generated service definition: its methods by name. */
export type PeerDefinition = Readonly<Record<string, MethodDefinition<never, never>>>;

type RequestOf<M> = M extends { requestSerialize: (value: infer Q) => unknown } ? Q : never;
type ReplyOf<M> = M extends { responseDeserialize: (bytes: Buffer) => infer R } ? R : never;

export type CallOptions = {
  /** Call on as this caller: its token, request id, idempotency key and deadline travel, and the call ends when the caller goes away. Without it the call is the service's own. */
  readonly as?: Caller;
  /** Request id and idempotency key without a caller, e.g. from HTTP. */
  readonly requestId?: string;
  readonly idempotencyKey?: string;
  readonly token?: string;
  /** At most this long, milliseconds, never past the caller's deadline. Default 5,000. */
  readonly timeoutMs?: number;
  /** The call may be repeated without harm: one more try when the peer did not answer it, as long as there is a budget for that. */
  readonly isRepeatable?: boolean;
  /** Told when the answer is a stored one. */
  readonly onReplayed?: () => void;
};

/**
 * Another service: one function per RPC. Rejects with `Refusal` when the service refused, with `PeerUnavailable` when it did not answer, and with
 * `NobodyWaits` when the caller has gone away.
 * `peer(CartServiceService, …).price({ cartId })`
 */
export type Peer<D> = { readonly [M in keyof D]: (request: RequestOf<D[M]>, options?: CallOptions) => Promise<ReplyOf<D[M]>> } & {
  readonly close: () => void;
};

export type PeerOptions = {
  readonly name: string;
  /** `host:port`, `dns:///name:port` or `ipv4:a:1,b:2`; several addresses are used in turn. */
  readonly url: string;
  readonly serviceToken: () => Promise<string>;
  readonly durations?: Histogram<'peer' | 'method' | 'status'>;
  /** Counts second tries, made and denied. */
  readonly retries?: Counter<'peer' | 'outcome'>;
  /** The services of this process; what one of them serves is not dialled for. */
  readonly neighbours?: Neighbours | undefined;
  readonly reach?: Reach | undefined;
};

/** Reconnects after 0.1 to 1 s (gRPC's default grows to 120 s); several addresses share the load. */
const channelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.enable_retries': 0,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
};

export function createPeer<D extends object>(definition: D, options: PeerOptions): Peer<D> {
  const client = new Client(options.url, credentials.createInsecure(), channelOptions);
  const away: Away = { since: undefined };
  const budget = createRetryBudget();
  const methods = Object.entries(definition as PeerDefinition).map(([name, method]) => [
    name,
    (request: never, call: CallOptions = {}) => invoke({ client, away, budget, options, name, method }, request, call),
  ]);
  return { ...Object.fromEntries(methods), close: () => client.close() } as Peer<D>;
}

/** Since when nobody takes a call, by the monotonic clock; shared by all calls to a peer. */
type Away = { since: number | undefined };

/** Longer than the longest pause between two tries to connect, 1 s and a fifth of it. Source: `channelOptions`; gRPC connection backoff, jitter. */
const patienceMs = 1_500;
const pauseMs = 100;

type Target = {
  readonly client: Client;
  readonly away: Away;
  readonly budget: RetryBudget;
  readonly options: PeerOptions;
  readonly name: string;
  readonly method: MethodDefinition<never, never>;
};

async function invoke(target: Target, request: never, call: CallOptions): Promise<unknown> {
  const metadata = await metadataFor(target, call);
  const deadline = deadlineFor(call);
  target.budget.earn();
  try {
    return await untilBegun(target, { request, metadata, deadline, call });
  } catch (error) {
    if (!call.isRepeatable || wasNeverBegun(error) || !(error instanceof PeerUnavailable) || error.grpcStatus !== status.UNAVAILABLE)
      throw error;
    const mayTry = target.budget.spend();
    target.options.retries?.inc({ peer: target.options.name, outcome: mayTry ? 'made' : 'denied' });
    if (!mayTry) throw error;
    return untilBegun(target, { request, metadata, deadline, call });
  }
}

/**
 * Tries again while nobody is connected, as when replicas are restarted one after the other and the first is up but not dialled yet when the next
 * one goes: nothing was begun, so any call may. After 1.5 s the peer counts as away, and calls fail at once until one gets through.
 */
async function untilBegun(target: Target, attempt: Attempt): Promise<unknown> {
  const { away } = target;
  for (;;) {
    if (attempt.call.as?.signal?.aborted) throw new NobodyWaits('gone');
    if (attempt.deadline <= Date.now())
      throw new PeerUnavailable(target.options.name, status.DEADLINE_EXCEEDED, { cause: new NobodyWaits('deadline') });
    try {
      const reply = await unary(target, attempt);
      away.since = undefined;
      return reply;
    } catch (error) {
      if (error instanceof NobodyWaits) throw error; // which says nothing of the peer
      if (!wasNeverBegun(error)) {
        away.since = undefined;
        throw error;
      }
      away.since ??= performance.now();
      if (performance.now() >= away.since + patienceMs || Date.now() + 2 * pauseMs >= attempt.deadline) throw error;
      await sleep(pauseMs);
    }
  }
}

/**
 * True when the peer surely began nothing: no connection could be made, or the stream was refused, as by a server on its way down. Source: what
 * grpc-js says then; RFC 9113, 8.7: a refused stream was not processed.
 */
export function wasNeverBegun(error: unknown): boolean {
  return (
    error instanceof PeerUnavailable &&
    error.cause instanceof Error &&
    /No connection established|Stream refused by server/.test(error.cause.message)
  );
}

type Attempt = { readonly request: never; readonly metadata: Metadata; readonly deadline: number; readonly call: CallOptions };

async function unary(target: Target, { request, metadata, deadline, call }: Attempt): Promise<unknown> {
  const { name, durations, neighbours, reach } = target.options;
  const end = durations?.startTimer({ peer: name, method: target.name });
  const signal = call.as?.signal;
  const attempt = { method: target.method, request, metadata, deadline, signal };
  try {
    const ask = (): Promise<UnaryAnswer> => neighbours?.call(name, attempt) ?? send(target.client, attempt);
    const { reply, initial } = await (reach ? around(reach, `call ${name} ${target.name}`, ask) : ask());
    end?.({ status: '0' });
    if (initial && initial.get(metadataKeys.replayed).length > 0) call.onReplayed?.();
    return reply;
  } catch (error) {
    end?.({ status: String((error as ServiceError).code) });
    if (signal?.aborted && (error as ServiceError).code === status.CANCELLED) throw new NobodyWaits('gone', { cause: error });
    throw translated(error as ServiceError, name);
  }
}

function send(client: Client, { method, request, metadata, deadline, signal }: UnaryCall): Promise<UnaryAnswer> {
  return new Promise((resolve, reject) => {
    let initial: Metadata | undefined;
    const { path, requestSerialize, responseDeserialize } = method;
    const forget = whenAborted(signal, () => sent.cancel());
    const sent = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, (error, reply) => {
      forget();
      if (error) reject(error);
      else resolve({ reply, initial });
    });
    sent.on('metadata', (received: Metadata) => (initial = received));
  });
}

function translated(error: ServiceError, peer: string): Error {
  return refusalOf(error) ?? new PeerUnavailable(peer, error.code, { cause: error });
}

async function metadataFor(target: Target, { as, requestId, idempotencyKey, token }: CallOptions): Promise<Metadata> {
  const metadata = new GrpcMetadata();
  const bearer = token ?? as?.token ?? (await target.options.serviceToken());
  if (bearer !== '') metadata.set(metadataKeys.authorization, `Bearer ${bearer}`);
  const set = (key: string, value: string | undefined): void => void (value !== undefined && metadata.set(key, value));
  set(metadataKeys.requestId, requestId ?? as?.requestId);
  set(metadataKeys.idempotencyKey, idempotencyKey ?? as?.idempotencyKey);
  set(metadataKeys.traceparent, as?.traceparent);
  return metadata;
}

function deadlineFor({ as, timeoutMs = 5_000 }: CallOptions): number {
  const own = Date.now() + timeoutMs;
  return as?.deadline ? Math.min(own, as.deadline.getTime()) : own;
}
