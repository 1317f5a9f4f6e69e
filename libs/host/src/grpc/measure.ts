import type { ArgumentsHost, CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Metadata } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Histogram } from 'prom-client';
import { type Observable, tap } from 'rxjs';
import { Refusal } from '../refusal.js';
import { NobodyWaits } from './nobody-waits.js';
import { getCaller, policyOf } from './rpc.js';

/** Times every RPC served, by name and outcome; at level `debug` each is a line with the request and the order it was for. */
export class MeasureRpc implements NestInterceptor {
  constructor(
    private readonly durations: Histogram<'rpc' | 'status'>,
    private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const policy = policyOf(context.getHandler());
    if (!policy) return next.handle();
    const end = this.durations.startTimer({ rpc: policy.rpc });
    const over = (status: string): void => {
      end({ status });
      if (this.logger.isLevelEnabled('debug')) this.logger.debug({ ...namesOf(context), rpc: policy.rpc, status }, 'served');
    };
    return next.handle().pipe(
      tap({
        complete: () => over('ok'),
        error: (error: unknown) => over(statusOf(error)),
      }),
    );
  }
}

/** What a log line of a call is found by: the request of the outside, and the order when the call names one. */
export function namesOf(context: ArgumentsHost): { readonly requestId?: string; readonly orderId?: string } {
  const rpc = context.switchToRpc();
  const requestId = getCaller(rpc.getContext<Metadata>())?.requestId;
  const { orderId } = rpc.getData<{ readonly orderId?: unknown }>() ?? {};
  return { ...(requestId === undefined ? {} : { requestId }), ...(typeof orderId === 'string' && orderId !== '' ? { orderId } : {}) };
}

function statusOf(error: unknown): string {
  if (error instanceof Refusal) return error.problem.code;
  return error instanceof NobodyWaits ? `nobody-waits-${error.because}` : 'error';
}
