import type { Charge } from './charge.js';

/** A webhook that is owed to the shop. Those of one `stream` arrive in the order they were written; repeats carry the same `webhookId`. */
export type OutgoingWebhook = {
  readonly webhookId: string;
  readonly target: 'payment' | 'carrier';
  readonly stream: string;
  /** The JSON body. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Milliseconds to wait before the first try. */
  readonly delayMs: number;
};

/** What the bank says about a charge. The id follows from charge and status, so saying it twice is recognisable. */
export function chargeWebhook(charge: Charge, at: Date, delayMs = 0): OutgoingWebhook {
  return {
    webhookId: `msg_${charge.id}_${charge.status}`,
    target: 'payment',
    stream: charge.id,
    payload: {
      type: `charge.${charge.status}`,
      timestamp: at.toISOString(),
      data: {
        chargeId: charge.id,
        orderId: charge.orderId,
        idempotencyKey: charge.idempotencyKey,
        status: charge.status,
        amount: { amount: Number(charge.amount.minor), currency: charge.amount.currency },
        ...(charge.status === 'declined' && { declineCode: charge.declineCode }),
      },
    },
    delayMs,
  };
}

/** Milliseconds until the next try after `attempts` failed ones: 250, 500, 1000 … up to 15 s, and 5 min once the shop has been away for long. */
export function retryDelayMs(attempts: number): number {
  if (attempts > 30) return 300_000;
  return Math.min(250 * 2 ** (attempts - 1), 15_000);
}
