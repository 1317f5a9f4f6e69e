import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export type SystemState = {
  /** False from the first moment of a shutdown. */
  isAccepting(): boolean;
  /** Why the service cannot work now; empty when it can. */
  blockers(): Promise<readonly string[]>;
  readonly version: { readonly service: string; readonly version: string };
};

/** `/livez` (the process turns), `/readyz` (it can do its work now), `/metrics`, `/version`: on every service. */
export function addSystemRoutes(fastify: FastifyInstance, state: SystemState, registries: Iterable<Registry>): void {
  fastify.get('/livez', () => ({ status: 'ok' }));
  fastify.get('/version', () => state.version);
  fastify.get('/readyz', async (_request, reply) => {
    const reasons = state.isAccepting() ? await state.blockers() : ['shutting down'];
    return reply.status(reasons.length === 0 ? 200 : 503).send({ status: reasons.length === 0 ? 'ready' : 'not-ready', reasons });
  });
  fastify.get('/metrics', async (_request, reply) => {
    const texts = await Promise.all([...registries].map((registry) => registry.metrics()));
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(together(texts));
  });
}

/** What several registries tell, a metric's samples under one heading. Source: Prometheus text exposition format 0.0.4, "Grouping and sorting". */
function together(texts: readonly string[]): string {
  const samples = new Map<string, string[]>();
  for (const metric of texts.flatMap((text) => text.trimEnd().split(/\n\n(?=# HELP )/))) {
    const [, heading = '', rest = ''] = /^((?:#.*\n?)*)([^]*)$/.exec(metric) ?? [];
    if (heading !== '')
      samples.set(heading.trimEnd(), [...(samples.get(heading.trimEnd()) ?? []), ...(rest.trim() === '' ? [] : [rest.trim()])]);
  }
  return [...samples].map(([heading, lines]) => [heading, ...lines, ''].join('\n')).join('\n');
}
