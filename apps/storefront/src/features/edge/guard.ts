import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { type Caller, type CallOptions, type Identity, keyMissing, notFound, type Principal, Refusal, type TokenFault } from '@tandem/host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { localeOf } from '../../domain/locale.js';
import { admit, type Admission } from './call.js';
import { type Endpoint, endpointOf, type Policy } from './endpoint.js';
import type { Limits } from './limits.js';
import { requestIdOf } from './request-id.js';
import { validated } from './validate.js';

const nothing = z.strictObject({});
const noBody = z.strictObject({}).optional();
/** How long a request may take whose endpoint says nothing of it, milliseconds. */
const usualPatienceMs = 5_000;
/** What gRPC metadata can carry. */
const sendable = /^[\x20-\x7e]{1,255}$/;
const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The way in: budget, token, policy, then the shape of the request. What passes is handed to the handler as a `Call`. */
export class EdgeGuard implements CanActivate {
  constructor(
    private readonly identity: Identity,
    private readonly limits: Limits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const endpoint = endpointOf(context.getHandler());
    if (!endpoint) throw new TypeError('a route has no declaration');
    const request = context.switchToHttp().getRequest<FastifyRequest & { rawBody?: Buffer }>();
    await this.limits.take('general', request.ip);
    if (endpoint.limit) await this.limits.take(endpoint.limit, request.ip);
    const token = bearerOf(request.headers.authorization);
    const principal = await this.authenticate(token, endpoint.policy);
    const known = principal && token ? { principal, token } : undefined;
    const { raw } = context.switchToHttp().getResponse<FastifyReply>();
    admit(request, admissionFor(endpoint, request, { known, answeredBy: raw }));
    return true;
  }

  private async authenticate(token: string | undefined, policy: Policy): Promise<Principal | undefined> {
    if (token === undefined) {
      if (policy === 'public') return undefined;
      const wanted = policy === 'staff' ? '/v1/auth/login, as staff' : '/v1/auth/guest, /v1/auth/login or /v1/auth/register';
      throw new Refusal('token-missing', { detail: `send Authorization: Bearer <accessToken>, with that of POST ${wanted}` });
    }
    const principal = await this.identity.verifyUser(token);
    if ('id' in principal) {
      if (policy === 'staff' && principal.kind !== 'staff')
        throw new Refusal('forbidden', { detail: 'this token is of no member of staff' });
      return principal;
    }
    if (policy === 'public') return undefined;
    throw refusalOf(principal);
  }
}

function refusalOf(fault: TokenFault): Refusal {
  switch (fault.kind) {
    case 'expired':
      return new Refusal('token-invalid', { detail: `expired at ${fault.at.toISOString()}; POST /v1/auth/refresh, or log in again` });
    case 'invalid':
      return new Refusal('token-invalid', { detail: 'this is no access token of this shop' });
    case 'keys-unavailable':
      return new Refusal('unavailable', { detail: 'who you are cannot be checked at the moment; ask again' });
  }
}

type Known = { readonly principal: Principal; readonly token: string };
type Asking = { readonly known: Known | undefined; readonly answeredBy: ServerResponse };

/** Aborted when the client goes away before its answer. For what only reads: a write under way is ended well, also for nobody. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  setMaxListeners(0, gone.signal); // one request may ask every service at once
  const tell = (): void => void (response.writableFinished || gone.abort());
  if (response.destroyed) tell();
  else response.once('close', tell);
  return gone.signal;
}

function admissionFor(endpoint: Endpoint, request: FastifyRequest & { rawBody?: Buffer }, { known, answeredBy }: Asking): Admission {
  const key = keyOf(endpoint, request.headers['idempotency-key']);
  const admission: Admission = {
    isReplayed: false,
    call: {
      params: paramsOf(request),
      query: validated(endpoint.query ?? nothing, queryOf(request), '/query'),
      body: endpoint.isRaw ? request.body : bodyOf(endpoint, endpoint.takes ? undefined : request.body),
      upload: endpoint.takes && request.body instanceof Readable ? request.body : undefined,
      principal: known?.principal,
      requestId: requestIdOf(request),
      ip: request.ip,
      locale: localeOf(request.headers['accept-language']),
      as: optionsFor(endpoint, {
        caller: callerFor(endpoint, request, { known, answeredBy, idempotencyKey: key }),
        onReplayed: () => void (admission.isReplayed = true),
      }),
      header: (name) => textOf(request.headers[name.toLowerCase()]),
      rawBody: request.rawBody ?? new Uint8Array(),
    },
  };
  return admission;
}

function bodyOf(endpoint: Endpoint, body: unknown): unknown {
  return validated(endpoint.body ?? noBody, body ?? undefined, '');
}

function paramsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const params = request.params as Record<string, string>;
  if (Object.values(params).some((value) => value.includes('\u0000'))) throw notFound('the path contains U+0000');
  return params;
}

function queryOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const query = { ...(request.query as Record<string, unknown>) };
  const [spoilt] = Object.entries(query).find(([name, value]) => `${name}${String(value)}`.includes('\u0000')) ?? [];
  if (spoilt !== undefined)
    throw new Refusal('validation-failed', {
      detail: 'the query contains U+0000',
      errors: [{ pointer: `/query/${spoilt.replaceAll('\u0000', '')}`, code: 'nul', message: 'contains U+0000' }],
    });
  return query;
}

function keyOf(endpoint: Endpoint, header: string | string[] | undefined): string | undefined {
  const key = typeof header === 'string' ? header : undefined;
  if (endpoint.idempotencyKey === undefined || (key === undefined && endpoint.idempotencyKey === 'honoured')) return undefined;
  if (key !== undefined && sendable.test(key)) return key; // an empty one is a caller's mistake, and would protect nothing
  const errors = [
    {
      pointer: '/header/Idempotency-Key',
      code: key === undefined ? 'required' : 'invalid-format',
      message: 'wants 1 to 255 printable ASCII characters',
    },
  ];
  throw keyMissing(errors);
}

type From = Asking & { readonly idempotencyKey: string | undefined };

function callerFor({ method, patienceMs = usualPatienceMs }: Endpoint, request: FastifyRequest, from: From): Caller {
  const { known, answeredBy, idempotencyKey } = from;
  let signal: AbortSignal | undefined;
  const trace = textOf(request.headers['traceparent']);
  return {
    by: known ? { kind: 'user', principal: known.principal } : { kind: 'anonymous' },
    token: known?.token,
    requestId: requestIdOf(request),
    idempotencyKey,
    deadline: new Date(Date.now() + patienceMs),
    get signal() {
      return method === 'GET' ? (signal ??= goneSignal(answeredBy)) : undefined; // a page from a cache never asks for it
    },
    traceparent: trace !== undefined && traceparent.test(trace) ? trace : undefined,
    markReplayed: () => undefined,
  };
}

/** Reads, and writes under a key, may be sent again. Where a request may take long, so may each call for it. */
function optionsFor({ method, patienceMs }: Endpoint, { caller, onReplayed }: { caller: Caller; onReplayed: () => void }): CallOptions {
  const isRepeatable = method === 'GET' || caller.idempotencyKey !== undefined;
  return { as: caller, onReplayed, isRepeatable, ...(patienceMs === undefined ? {} : { timeoutMs: patienceMs }) };
}

function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined;
}
