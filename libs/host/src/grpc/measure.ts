import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Histogram } from 'prom-client';
import { type Observable, tap } from 'rxjs';
import { Refusal } from '../refusal.js';
import { NobodyWaits } from './nobody-waits.js';
import { policyOf } from './rpc.js';

/** Times every RPC served, by name and outcome. */
export class MeasureRpc implements NestInterceptor {
  constructor(private readonly durations: Histogram<'rpc' | 'status'>) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const policy = policyOf(context.getHandler());
    if (!policy) return next.handle();
    const end = this.durations.startTimer({ rpc: policy.rpc });
    return next.handle().pipe(
      tap({
        complete: () => end({ status: 'ok' }),
        error: (error: unknown) => end({ status: statusOf(error) }),
      }),
    );
  }
}

function statusOf(error: unknown): string {
  if (error instanceof Refusal) return error.problem.code;
  return error instanceof NobodyWaits ? `nobody-waits-${error.because}` : 'error';
}
