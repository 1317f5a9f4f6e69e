import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { HttpException, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Outage } from './stand-faults.js';

/** HTTP statuses of the sandbox's refusals by code. The codes are its API; it has its own, as an outside party would. */
const statuses = {
  'validation-failed': 400,
  'idempotency-key-missing': 400,
  'unknown-payment-method': 400,
  'signature-invalid': 401,
  'payment-declined': 402,
  'not-found': 404,
  'already-dispatched': 409,
  'charge-declined': 409,
  'charge-not-captured': 409,
  'charge-refunded': 409,
  'charge-voided': 409,
  'label-voided': 409,
  'refund-exceeds-charge': 409,
  'currency-mismatch': 422,
  'idempotency-key-reused': 422,
  undeliverable: 422,
  'provider-failed': 500,
  'provider-down': 503,
} as const;

export type SandboxCode = keyof typeof statuses;

/** A refusal on its way to the caller: thrown at an edge only. `members` stand beside the standard ones of RFC 9457. */
export class SandboxProblem extends Error {
  override readonly name = 'SandboxProblem';
  constructor(
    readonly code: SandboxCode,
    detail: string = code,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** A 404 that names what there is not. */
export function noSuch(kind: string, id: string): SandboxProblem {
  return new SandboxProblem('not-found', `there is no ${kind} ${id}`);
}

type Read = { status: number; code: string; detail: string; members?: Readonly<Record<string, unknown>> };

/** Turns whatever a handler threw into `application/problem+json`. What nobody expected is logged and tells nothing. */
export class SandboxProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { status, code, detail, members } = error instanceof NotFoundException ? nothingAt(http.getRequest()) : this.read(error);
    void reply
      .status(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title: code, status, detail, code, ...members });
  }

  private read(error: unknown): Read {
    if (error instanceof SandboxProblem)
      return { status: statuses[error.code], code: error.code, detail: error.message, members: error.members };
    if (error instanceof Outage) {
      const code = error.kind === 'down' ? 'provider-down' : 'provider-failed';
      return { status: statuses[code], code, detail: error.message };
    }
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    if (status < 500)
      return {
        status,
        code: 'validation-failed',
        detail: error instanceof Error ? error.message : String(error),
      };
    this.logger.error({ err: error }, 'a request failed');
    return { status, code: 'internal-error', detail: 'the sandbox could not do this' };
  }
}

/** Nest's own: none of the routes was meant. */
function nothingAt({ method, url }: FastifyRequest): Read {
  return { status: 404, code: 'not-found', detail: `there is nothing at ${method} ${url}; GET / lists what there is` };
}

/** Errors of Fastify itself (a body that is too long or is no JSON) carry their status. */
function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
