import type { IncomingMessage } from 'node:http';
import { Refusal } from '@tandem/host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const fileType = /^(image\/|application\/octet-stream)/i;
/** Who was refused in the middle of a file may still be sending: what comes in this time, milliseconds, is let through unread, so that the answer is seen. */
const lingerMs = 3_000;

/** Files come as streams where one is taken (`takers`, by path), and in no other wrapping; elsewhere they are refused like any other body, unread. */
export function takeFiles(fastify: FastifyInstance, takers: ReadonlySet<string>): void {
  const takes = ({ routeOptions }: FastifyRequest): boolean => takers.has(routeOptions.url ?? '');
  fastify.addContentTypeParser(
    fileType,
    (request: FastifyRequest, content: IncomingMessage, done: (error: Error | null, body?: unknown) => void) => {
      const isBody = request.headers['content-length'] !== '0';
      done(
        isBody && !takes(request)
          ? new Refusal('unsupported-media-type', { detail: 'no file is taken at this path; send Content-Type: application/json' })
          : null,
        isBody ? content : undefined,
      );
    },
  );
  fastify.addHook('preParsing', (request: FastifyRequest, _reply: FastifyReply, _content: unknown, next: (error?: Error) => void) => {
    if (!takes(request) || fileType.test(request.headers['content-type'] ?? '')) return next();
    next(
      new Refusal('picture-format-not-accepted', {
        detail: 'send the file itself as the body, with Content-Type image/… or application/octet-stream',
      }),
    );
  });
  fastify.addHook('onResponse', (request: FastifyRequest, _reply: FastifyReply, next: () => void) => {
    if (!request.raw.complete) endUnread(request.raw);
    next();
  });
}

function endUnread(request: IncomingMessage): void {
  const late = setTimeout(() => request.socket.destroy(), lingerMs).unref();
  request.once('close', () => clearTimeout(late)).resume();
}
