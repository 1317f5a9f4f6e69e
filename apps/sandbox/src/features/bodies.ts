import type { INestApplication } from '@nestjs/common';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { SandboxProblem, SandboxProblemFilter } from './problem.js';

/** Largest body, bytes. */
const bodyLimit = 1_000_000;

type Done = (error: Error | null, body?: unknown) => void;

/**
 * How the sandbox reads and refuses: the webhook receiver takes any bytes; every other body is JSON, checked by the schema at its
 * parameter; a refusal is a problem of RFC 9457 that names the field.
 */
export function readBodies(app: INestApplication, logger: Logger): void {
  const fastify = app as NestFastifyApplication;
  fastify.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  fastify.useBodyParser('*', { bodyLimit }, (request: FastifyRequest, body: Buffer, done: Done) => {
    if (request.url.startsWith('/webhooks/inbox/')) return done(null, undefined);
    return parseJson(body, done);
  });
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: toProblem }));
  app.useGlobalFilters(new SandboxProblemFilter(logger));
}

function parseJson(body: Buffer, done: Done): void {
  if (body.length === 0) return done(null, undefined);
  try {
    done(null, JSON.parse(body.toString('utf8')));
  } catch (error) {
    done(new SandboxProblem('validation-failed', `the body is not JSON: ${(error as Error).message}`));
  }
}

type Issue = { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined };

function toProblem(issues: readonly Issue[]): SandboxProblem {
  const errors = issues.map(({ message, path = [] }) => ({
    pointer: path.map((part) => `/${String(typeof part === 'object' ? part.key : part)}`).join(''),
    message,
  }));
  return new SandboxProblem(
    'validation-failed',
    errors.map(({ pointer, message }) => `${pointer || 'the request'}: ${message}`).join('; '),
    { errors },
  );
}
