import type { Tx } from '@tandem/kernel';
import type { SagaStore, Steering } from '../domain/sagas.js';
import type { RefundOrder } from './refund-order.js';

/**
 * `nothing-open`: nothing is under way for the order; `not-cancellable`: what is, can only be tried again; `not-retryable`: what is, is a
 * refused refund that does not fit what is left any more.
 */
export type Steered = { readonly kind: 'steered' | 'nothing-open' | 'not-cancellable' | 'not-retryable' };

/** Why a checkout is undone that an operator ended: its key is free again unless it has an answer. */
const endedByOperator = JSON.stringify({ reason: 'ended-by-operator', problem: { code: 'unavailable', retryAfterSeconds: 1 } });

/** An operator's hand on what is under way; who and why is kept with what was done. */
export class SteerSagas {
  constructor(
    private readonly sagas: SagaStore,
    private readonly refunds: Pick<RefundOrder, 'revive'>,
  ) {}

  async retry(tx: Tx, steering: Steering): Promise<Steered> {
    const hurried = await this.sagas.retry(tx, steering.orderId);
    const { revived, stuck } = await this.refunds.revive(tx, steering.orderId);
    if (hurried + revived === 0) return { kind: stuck > 0 ? 'not-retryable' : 'nothing-open' };
    await this.sagas.note(tx, 'retry', steering);
    return { kind: 'steered' };
  }

  async cancel(tx: Tx, steering: Steering): Promise<Steered> {
    const cancelled = await this.sagas.cancel(tx, steering.orderId, endedByOperator);
    if (cancelled === 0) {
      const known = await this.sagas.find(steering.orderId, tx);
      return { kind: known && known.sagas.length > 0 ? 'not-cancellable' : 'nothing-open' };
    }
    await this.sagas.note(tx, 'cancel', steering);
    return { kind: 'steered' };
  }
}
