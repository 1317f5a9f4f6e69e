import type { INestApplication } from '@nestjs/common';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { asyncApi } from '@tandem/contracts';
import { type Identity, type Leave, type Load, type Metrics, Refusal, type Work } from '@tandem/host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { BacklogWatch } from './features/backlog-watch.js';
import { isNewcomer, workOf } from './features/edge/shedding.js';
import { WriteAnswer } from './features/edge/answer.js';
import { answerClientErrors } from './features/edge/client-error.js';
import type { Endpoint } from './features/edge/endpoint.js';
import { divertOddPaths } from './features/edge/odd-paths.js';
import { takeFiles } from './features/edge/files.js';
import { EdgeGuard } from './features/edge/guard.js';
import { parseJson } from './features/edge/json-body.js';
import type { Limits } from './features/edge/limits.js';
import { methodsOf } from './features/edge/methods.js';
import { openApiOf } from './features/edge/openapi.js';
import { clientGone, HttpProblemFilter } from './features/edge/problem-filter.js';
import { requestIdOf } from './features/edge/request-id.js';

export type EdgeParts = {
  readonly endpoints: readonly Endpoint[];
  readonly identity: Identity;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'http'>;
  readonly load: Pick<Load, 'enter' | 'facts'>;
  readonly backlog: Pick<BacklogWatch, 'refuses'>;
  /** It has been told to end: whoever asks is served, and comes back by another connection. */
  readonly isLeaving: () => boolean;
};

/** What the host serves by itself; known here for the sake of 405. */
const systemPaths = ['/', '/livez', '/readyz', '/metrics', '/version', '/openapi.json', '/asyncapi.json', '/docs'] as const;

/** Makes a Nest application on Fastify the public edge: bodies, guard, answers, problems, request ids, figures, the OpenAPI document. */
export function installEdge(app: INestApplication, parts: EdgeParts): void {
  const adapter = app.getHttpAdapter() as unknown as FastifyAdapter;
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  takeOnlyJson(adapter, fastify, new Set(parts.endpoints.filter(({ takesForm }) => takesForm).map(({ path }) => path)));
  takeFiles(fastify, new Set(parts.endpoints.filter(({ takes }) => takes).map(({ path }) => path)));
  app.useGlobalGuards(new EdgeGuard(parts.identity, parts.limits));
  app.useGlobalInterceptors(new WriteAnswer());
  const system = systemPaths.map((path) => ({ method: 'GET', path }) as const);
  app.useGlobalFilters(new HttpProblemFilter(methodsOf([...parts.endpoints, ...system]), parts.logger));
  const toldBelow = answerClientErrors(fastify.server as never);
  divertOddPaths(fastify.server as never);
  observe(fastify, parts, toldBelow);
  admit(fastify, parts);
  const document = openApiOf(parts.endpoints);
  fastify.get('/openapi.json', () => document);
  fastify.get('/', (_request: FastifyRequest, reply: FastifyReply) => reply.redirect('/docs'));
  const eventLog = asyncApi();
  fastify.get('/asyncapi.json', () => eventLog);
}

/** Bodies of any other type are refused, but for a form where one is taken; an empty one of any type is no body. */
function takeOnlyJson(adapter: FastifyAdapter, fastify: FastifyInstance, forms: ReadonlySet<string>): void {
  const options = { bodyLimit: 100_000 };
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  adapter.useBodyParser('application/json', true, options, (_request: FastifyRequest, body: Buffer, done: Done) =>
    settle(done, () => parseJson(body)),
  );
  adapter.useBodyParser('*', true, options, (request: FastifyRequest, body: Buffer, done: Done) =>
    settle(done, () => {
      if (body.length > 0 && !isForm(request, forms))
        throw new Refusal('unsupported-media-type', {
          detail: `send ${forms.has(request.routeOptions.url ?? '') ? 'a form' : 'Content-Type: application/json'}`,
        });
    }),
  );
}

/** The two types a browser sends a form as. Source: HTML standard, "Form submission". */
function isForm({ routeOptions, headers }: FastifyRequest, forms: ReadonlySet<string>): boolean {
  return (
    forms.has(routeOptions.url ?? '') && /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(headers['content-type'] ?? '')
  );
}

type Done = (error: Error | null, value?: unknown) => void;

function settle(done: Done, work: () => unknown): void {
  try {
    done(null, work());
  } catch (error) {
    done(error as Error);
  }
}

/** When all are refused they are told to stay away for so much longer. */
const longerBySeconds = 3;

/** As often as backlogs are looked at. */
const backlogRetrySeconds = 10;

/**
 * Admission. A request takes its place once it is here whole, so that a body that never ends keeps nobody out, and before anything is checked or
 * looked up: a refusal must cost next to nothing. It gives the place back when its answer is made, which it is also for a client that has gone:
 * handlers return promises or values, never an Observable, whose answer Nest drops then.
 */
function admit(fastify: FastifyInstance, { load, backlog }: Pick<EdgeParts, 'load' | 'backlog'>): void {
  const places = new WeakMap<FastifyRequest, { readonly leave: Leave; readonly since: number; readonly isOursAlone: boolean }>();
  fastify.addHook('preValidation', (request: FastifyRequest, _reply: FastifyReply, next: (error?: Error) => void) => {
    const { method } = request;
    const { url = '' } = request.routeOptions; // Fastify makes it anew each time it is asked for
    const work = workOf(method, url);
    if (work === undefined) return next();
    if (isNewcomer(method, url) && backlog.refuses())
      return next(
        new Refusal('overloaded', {
          detail: `what was sold is not dealt with yet; ask again in ${backlogRetrySeconds} s`,
          retryAfterSeconds: backlogRetrySeconds,
        }),
      );
    const leave = load.enter(work, `${method} ${url}`);
    if (!leave) {
      const retryAfterSeconds = 1 + Math.round(longerBySeconds * load.facts().level);
      return next(new Refusal('overloaded', { detail: `nothing was begun; ask again in ${retryAfterSeconds} s`, retryAfterSeconds }));
    }
    places.set(request, { leave, since: performance.now(), isOursAlone: isOursAlone(work, url) });
    next();
  });
  fastify.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, _payload: unknown, next: () => void) => {
    const place = places.get(request);
    place?.leave(place.isOursAlone && reply.statusCode < 400 ? performance.now() - place.since : undefined);
    next();
  });
}

/** Waits for no bank or carrier: how long it takes, when it is done to the end, says how pressed we are. */
function isOursAlone(work: Work, url: string): boolean {
  return work === 'cart' || work === 'browse' || (work === 'entry' && url === '/v1/carts');
}

function observe(
  fastify: FastifyInstance,
  { metrics, logger, isLeaving }: EdgeParts,
  toldBelow: ReturnType<typeof answerClientErrors>,
): void {
  const tell = (request: FastifyRequest, reply: FastifyReply, status: number): void => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.http.observe({ method: request.method, route, status: String(status) }, reply.elapsedTime / 1_000);
    const level = isLookedFor(request.method, status) ? 'info' : 'debug';
    if (!logger.isLevelEnabled(level)) return;
    logger[level](
      { requestId: requestIdOf(request), method: request.method, route, status, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  };
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, next: (error?: Error) => void) => {
    reply.raw.once('close', () => void (reply.raw.headersSent || tell(request, reply, toldBelow(reply.raw) ?? clientGone)));
    reply.header('X-Request-Id', requestIdOf(request)).header('X-Content-Type-Options', 'nosniff');
    if (isLeaving()) reply.header('Connection', 'close');
    next();
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, next: () => void) => {
    tell(request, reply, reply.statusCode);
    next();
  });
}

/** What somebody asks for by its request id later: whatever was to change something, and what failed here. Reads are many, and stand in the metrics. */
function isLookedFor(method: string, status: number): boolean {
  return status >= 500 || (method !== 'GET' && method !== 'HEAD');
}
