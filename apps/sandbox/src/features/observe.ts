import type { INestApplication } from '@nestjs/common';
import type { Metrics } from '@tandem/host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a request is counted under whose caller went away before it had its answer. Source: nginx's code for it. */
const callerGone = 499;

/** Times every request by route and status, as the storefront does: also one that is never answered, which a fault can ask for. */
export function observe(app: INestApplication, { http }: Pick<Metrics, 'http'>): void {
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  const tell = ({ method, routeOptions }: FastifyRequest, reply: FastifyReply, status: number): void =>
    http.observe({ method, route: routeOptions.url ?? 'unknown', status: String(status) }, reply.elapsedTime / 1_000);
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, next: () => void) => {
    reply.raw.once('close', () => void (reply.raw.headersSent || tell(request, reply, callerGone)));
    next();
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, next: () => void) => {
    tell(request, reply, reply.statusCode);
    next();
  });
}
