import { status } from '@grpc/grpc-js';

/** Nobody waits for an answer any more, so nothing further is done for it. It is nobody's failure: not logged, and of no problem's code. */
export class NobodyWaits extends Error {
  override readonly name = 'NobodyWaits';

  /** `deadline`: the time the caller gave has passed. */
  constructor(readonly because: 'deadline') {
    super('the deadline has passed');
  }

  get grpcStatus(): number {
    return status.DEADLINE_EXCEEDED;
  }
}
