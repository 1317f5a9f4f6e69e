import { type ArgumentsHost, Catch, type RpcExceptionFilter } from '@nestjs/common';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import { type Observable, throwError } from 'rxjs';
import { isDatabaseAway } from '../database.js';
import { PeerUnavailable, Refusal } from '../refusal.js';
import { namesOf } from './measure.js';
import { NobodyWaits } from './nobody-waits.js';
import { toGrpcError } from './problem-wire.js';

/** Translates what a gRPC handler throws, once: a refusal as it is, what is away as `unavailable`, anything else as `internal-error` and a log line. */
@Catch()
export class GrpcProblemFilter implements RpcExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    if (error instanceof NobodyWaits) return throwError(() => ({ code: error.grpcStatus, details: error.message }));
    return throwError(() => toGrpcError(refusalFor(error, this.logger, () => namesOf(host))));
  }
}

/** The refusal an unexpected error is answered with; `names`: what its log line is found by, asked only where there is one. */
export function refusalFor(error: unknown, logger: Logger, names: () => object = () => ({})): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof PeerUnavailable) {
    logger.warn({ err: error, ...names() }, 'another service did not answer');
    return new Refusal('unavailable', { detail: `${error.peer} is away for a moment`, retryAfterSeconds: 1 });
  }
  if (error instanceof Unavailable) {
    logger.warn({ err: error, ...names() }, 'a system we stand on did not answer');
    return new Refusal('unavailable', { detail: `${error.system} is away for a moment`, retryAfterSeconds: 5 });
  }
  if (isDatabaseAway(error)) {
    logger.warn({ err: error, ...names() }, 'the database did not answer');
    return new Refusal('unavailable', { detail: 'a database is away for a moment', retryAfterSeconds: 1 });
  }
  logger.error({ err: error, ...names() }, 'an RPC failed');
  return new Refusal('internal-error');
}
