import { type ArgumentsHost, Catch, type RpcExceptionFilter } from '@nestjs/common';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import { type Observable, throwError } from 'rxjs';
import { isDatabaseAway } from '../database.js';
import { PeerUnavailable, Refusal } from '../refusal.js';
import { NobodyWaits } from './nobody-waits.js';
import { toGrpcError } from './problem-wire.js';

/** Translates what a gRPC handler throws, once: a refusal as it is, what is away as `unavailable`, anything else as `internal-error` and a log line. */
@Catch()
export class GrpcProblemFilter implements RpcExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    if (error instanceof NobodyWaits) return throwError(() => ({ code: error.grpcStatus, details: error.message }));
    return throwError(() => toGrpcError(refusalFor(error, this.logger)));
  }
}

/** The refusal an unexpected error is answered with. */
export function refusalFor(error: unknown, logger: Logger): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof PeerUnavailable) {
    logger.warn({ err: error }, 'another service did not answer');
    return new Refusal('unavailable', { detail: `${error.peer} is away for a moment`, retryAfterSeconds: 1 });
  }
  if (error instanceof Unavailable) {
    logger.warn({ err: error }, 'a system we stand on did not answer');
    return new Refusal('unavailable', { detail: `${error.system} is away for a moment`, retryAfterSeconds: 5 });
  }
  if (isDatabaseAway(error)) {
    logger.warn({ err: error }, 'the database did not answer');
    return new Refusal('unavailable', { detail: 'a database is away for a moment', retryAfterSeconds: 1 });
  }
  logger.error({ err: error }, 'an RPC failed');
  return new Refusal('internal-error');
}
