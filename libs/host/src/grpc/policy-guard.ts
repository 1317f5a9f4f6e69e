import { setMaxListeners } from 'node:events';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Metadata as GrpcMetadata } from '@grpc/grpc-js';
import type { Identity } from '../identity.js';
import { newUuid } from '../ids.js';
import { PeerUnavailable, Refusal } from '../refusal.js';
import { type Caller, metadataKeys } from './caller.js';
import { NobodyWaits } from './nobody-waits.js';
import { type Allowed, policyOf, setCaller } from './rpc.js';

/** Lets an RPC through when its declared policy allows the caller and the caller still waits, and hands the caller to the handler. */
export class PolicyGuard implements CanActivate {
  constructor(private readonly identity: Identity) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = policyOf(context.getHandler());
    if (!policy) return true; // an event handler: its transport has no callers
    const metadata = context.switchToRpc().getContext<Metadata>();
    const by = await this.identify(bearerOf(metadata), policy.allowed);
    refuseUnlessAllowed(by, policy.allowed);
    const call = context.getArgByIndex<ServerUnaryCall<unknown, unknown>>(2);
    const caller = callerOf(by, metadata, call);
    // Here, and not before: who calls may have taken long to find out.
    if (caller.deadline && caller.deadline.getTime() <= Date.now()) throw new NobodyWaits('deadline');
    if (call.cancelled) throw new NobodyWaits('gone');
    setCaller(metadata, caller);
    return true;
  }

  private async identify(token: string | undefined, allowed: readonly Allowed[]): Promise<Caller['by']> {
    if (token === undefined) return { kind: 'anonymous' };
    const known = this.identity.known(token);
    if (known) return 'service' in known ? { kind: 'service', service: known.service } : { kind: 'user', principal: known };
    if (audienceOf(token) === 'tandem-internal') {
      const service = await this.identity.verifyService(token);
      if ('service' in service) return { kind: 'service', service: service.service };
      throw new Refusal('token-invalid');
    }
    const user = await this.identity.verifyUser(token);
    if ('id' in user) return { kind: 'user', principal: user };
    if (user.kind === 'keys-unavailable') throw new PeerUnavailable('customer', 14);
    if (allowed.includes('public')) return { kind: 'anonymous' };
    throw new Refusal('token-invalid');
  }
}

function refuseUnlessAllowed(by: Caller['by'], allowed: readonly Allowed[]): void {
  if (allowed.includes('public')) return;
  if (by.kind === 'anonymous') throw new Refusal('token-missing');
  if (by.kind === 'service') {
    if (!allowed.includes('service')) throw new Refusal('forbidden');
    return;
  }
  if (allowed.includes('user') || (allowed.includes('staff') && by.principal.kind === 'staff')) return;
  throw new Refusal('forbidden');
}

function callerOf(by: Caller['by'], metadata: Metadata, call: ServerUnaryCall<unknown, unknown>): Caller {
  const deadline = call.getDeadline();
  let signal: AbortSignal | undefined;
  return {
    by,
    requestId: text(metadata, metadataKeys.requestId) ?? newUuid(),
    idempotencyKey: text(metadata, metadataKeys.idempotencyKey),
    token: by.kind === 'user' ? bearerOf(metadata) : undefined,
    deadline: deadline instanceof Date ? deadline : Number.isFinite(deadline) ? new Date(deadline) : undefined,
    traceparent: text(metadata, metadataKeys.traceparent),
    get signal() {
      return (signal ??= signalOf(call)); // most handlers never ask for it
    },
    markReplayed: () => {
      const replayed = new GrpcMetadata();
      replayed.set(metadataKeys.replayed, 'true');
      call.sendMetadata(replayed);
    },
  };
}

function signalOf(call: ServerUnaryCall<unknown, unknown>): AbortSignal {
  const gone = new AbortController();
  setMaxListeners(0, gone.signal); // one request may ask every service at once
  if (call.cancelled) gone.abort();
  else call.once('cancelled', () => gone.abort());
  return gone.signal;
}

function bearerOf(metadata: Metadata): string | undefined {
  const value = text(metadata, metadataKeys.authorization);
  return value?.startsWith('Bearer ') ? value.slice('Bearer '.length) : undefined;
}

function text(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The unverified audience, only to choose which key verifies the token. */
function audienceOf(token: string): unknown {
  try {
    return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { aud?: unknown }).aud;
  } catch {
    return undefined; // not a token of ours: the user check refuses it
  }
}
