import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { admissionOf } from './call.js';
import { endpointOf } from './endpoint.js';

/** What a handler says. */
export type Answer<Body = unknown> = { readonly status: number; readonly body: Body; readonly headers?: Readonly<Record<string, string>> };

export function ok<Body>(body: Body, headers: Readonly<Record<string, string>> = {}): Answer<Body> {
  return { status: 200, body, headers };
}

export function created<Body>(body: Body, headers: Readonly<Record<string, string>> = {}): Answer<Body> {
  return { status: 201, body, headers };
}

export function noContent(): Answer<undefined> {
  return { status: 204, body: undefined };
}

/**
 * Writes a handler's answer: status, headers, and whether it is a stored one. What belongs to somebody is not for caches. An endpoint of streams is
 * answered here: Nest would put two more streams behind each, which take memory for as long as it is open.
 */
export class WriteAnswer implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<Answer>): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const endpoint = endpointOf(context.getHandler());
    if (endpoint && (endpoint.policy !== 'public' || endpoint.tag === 'Auth')) reply.header('Cache-Control', 'no-store');
    return next.handle().pipe(
      map(({ status, body, headers = {} }) => {
        if (admissionOf(context.switchToHttp().getRequest<object>())?.isReplayed) reply.header('Idempotency-Replayed', 'true');
        reply.status(status).headers(headers);
        if (endpoint?.isStream) void reply.send(body);
        return body;
      }),
    );
  }
}
