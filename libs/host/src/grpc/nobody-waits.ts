import { status } from '@grpc/grpc-js';

/** Nobody waits for an answer any more, so nothing further is done for it. It is nobody's failure: not logged, and of no problem's code. */
export class NobodyWaits extends Error {
  override readonly name = 'NobodyWaits';

  /** `deadline`: the time the caller gave has passed. `gone`: the caller went away before. */
  constructor(
    readonly because: 'deadline' | 'gone',
    options?: ErrorOptions,
  ) {
    super(because === 'gone' ? 'the caller has gone away' : 'the deadline has passed', options);
  }

  get grpcStatus(): number {
    return this.because === 'gone' ? status.CANCELLED : status.DEADLINE_EXCEEDED;
  }
}

/** Runs `then` when the signal is aborted; answers how to forget that, once the work is over. */
export function whenAborted(signal: AbortSignal | undefined, then: () => void): () => void {
  signal?.addEventListener('abort', then, { once: true });
  return () => signal?.removeEventListener('abort', then);
}
