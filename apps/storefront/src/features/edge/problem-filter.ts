import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { ProblemCode } from '@tandem/contracts';
import { GrpcProblemFilter, NobodyWaits, notFound, Refusal, refusalFor } from '@tandem/host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { admissionOf } from './call.js';
import type { MethodsOf } from './methods.js';
import { nothingAt } from './nothing-here.js';
import { renderProblem } from './problem.js';
import { requestIdOf } from './request-id.js';

/** What Fastify and Nest refuse by themselves, as ours. */
const ofStatus: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['validation-failed', 'this is no request that can be read'],
  413: ['body-too-large', 'a body may have 100 kB'],
  415: ['unsupported-media-type', 'send Content-Type: application/json'],
};

/** What a client that has gone away is counted under: it sees no answer. Source: nginx, "499 client closed request". */
export const clientGone = 499;

/** Every error of HTTP as a problem document. Errors of the operations RPCs, which share this application, go to their own filter. */
@Catch()
export class HttpProblemFilter implements ExceptionFilter {
  private readonly rpc: GrpcProblemFilter;

  constructor(
    private readonly methodsOf: MethodsOf,
    private readonly logger: Logger,
  ) {
    this.rpc = new GrpcProblemFilter(logger);
  }

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType() !== 'http') return this.rpc.catch(error, host);
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof NobodyWaits) return reply.status(clientGone).send();
    const requestId = requestIdOf(request);
    const { status, headers, body } = renderProblem(detailed(this.refusalOf(error, request, reply), request), requestId);
    return reply
      .status(status)
      .headers({ 'X-Request-Id': requestId, ...headers })
      .send(JSON.stringify(body));
  }

  private refusalOf(error: unknown, request: FastifyRequest, reply: FastifyReply): Refusal {
    if (!(error instanceof HttpException)) return refusalFor(error, this.logger.child({ requestId: requestIdOf(request) }));
    const status = error.getStatus();
    const methods = status === 404 ? this.methodsOf(request.url.split('?')[0] ?? '') : [];
    if (methods.length > 0) {
      reply.header('Allow', methods.join(', '));
      return new Refusal('method-not-allowed', { detail: `offered here: ${methods.join(', ')}` });
    }
    if (status === 404) return notFound('nothing is offered at this path');
    const known = ofStatus[status];
    return known === undefined ? refusalFor(error, this.logger) : new Refusal(known[0], { detail: known[1] });
  }
}

/** A 404 that says nothing more, from here or from another service, names what the path looked for. */
function detailed(refusal: Refusal, request: FastifyRequest): Refusal {
  const call = admissionOf(request)?.call;
  if (!call || refusal.replayOf || refusal.problem.code !== 'not-found' || refusal.problem.detail !== undefined) return refusal;
  const detail = nothingAt(
    request.routeOptions.url ?? '',
    call.params as Readonly<Record<string, string>>,
    call.principal?.kind === 'staff',
  );
  return detail === undefined ? refusal : notFound(detail);
}
