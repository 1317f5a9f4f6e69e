import { ageOf } from './age.js';

/** A saga as `GET /ops/v1/sagas` tells it. */
export type ListedSaga = Readonly<Record<'orderId' | 'kind' | 'state' | 'owner' | 'lastError' | 'dueAt' | 'orderStatus', string | null>> & {
  readonly ageMs: number;
  readonly attempts: number;
};

/** A saga in one line: whose, what, how it stands and for how long, the order, who has it, how often it was tried and what stopped it. */
export function sagaLine({ orderId, kind, state, ageMs, owner, attempts, lastError, orderStatus }: ListedSaga): string {
  const tries = attempts === 1 ? '1 try' : `${attempts} tries`;
  return [orderId, kind, state, `${ageOf(ageMs)} old`, orderStatus ?? 'no order', owner ?? 'nobody', tries, lastError ?? '']
    .join('  ')
    .trimEnd();
}
