import { setTimeout as sleep } from 'node:timers/promises';
import type Stripe from 'stripe';
import { cutPausesMs, failedPausesMs, leastMs, type Line, wasNeverSent } from './bank-line.js';

/** What Stripe's library throws, as far as it is read here. Source: https://docs.stripe.com/api/errors */
export type StripeFault = {
  readonly type?: string;
  readonly statusCode?: number;
  readonly rawType?: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly requestId?: string;
  readonly detail?: unknown;
};

/** What came of asking for one thing. `away`: nothing was done. `failed`, `silent`: it may have been done (an answer of 5xx; none that says it). */
export type Spoken<T> =
  | {
      readonly kind: 'said';
      readonly said: T;
      /** Stripe has answered an earlier request of the same key once more. */ readonly isReplayed: boolean;
    }
  | { readonly kind: 'refused'; readonly fault: StripeFault }
  | { readonly kind: 'failed' | 'silent' | 'away' };

export type Call<T> = (options: Stripe.RequestOptions) => Promise<Stripe.Response<T>>;
/** `key`: the idempotency key of a call that changes something. `isFailureSaved`: a 5xx would be repeated to the same key, so it is not asked again. */
export type Asking = { readonly untilMs: number; readonly key?: string; readonly isFailureSaved?: boolean };
export type Ask = <T>(call: Call<T>, asking: Asking) => Promise<Spoken<T>>;

export type StripeCallsParts = {
  readonly line: Line<Once<unknown>>;
  /** Told of what only an operator can mend: a key that is not valid, or lacks a permission. */ readonly onForbidden: (
    fault: StripeFault,
  ) => void;
};
/** What came of asking once. `busy`: too many requests; `in-use`: another request has the key at the moment. */
export type Once<T> = Spoken<T> | { readonly kind: 'busy' | 'in-use' };

/** Asks Stripe until it says something or the time is over, by one idempotency key. What goes wrong on the way is an answer too. */
export function stripeCalls({ line, onForbidden }: StripeCallsParts): Ask {
  return async <T>(call: Call<T>, { untilMs, key, isFailureSaved = false }: Asking): Promise<Spoken<T>> => {
    const left = { failed: isFailureSaved ? [] : [...failedPausesMs], cut: [...cutPausesMs] };
    let mayBeDone = false;
    for (;;) {
      const once = await line(() => speak(call, untilMs - performance.now(), key));
      const spoken: Once<T> = once === 'away' ? { kind: 'away' } : once;
      if (spoken.kind === 'said') return spoken;
      if (spoken.kind === 'refused') return isForbidden(spoken.fault) ? (onForbidden(spoken.fault), { kind: 'away' }) : spoken;
      if (spoken.kind === 'away' && !mayBeDone) return spoken;
      mayBeDone ||= spoken.kind !== 'busy';
      const pauseMs = (spoken.kind === 'failed' ? left.failed : left.cut).shift();
      if (pauseMs === undefined || performance.now() + pauseMs > untilMs)
        return { kind: !mayBeDone ? 'away' : spoken.kind === 'failed' ? 'failed' : 'silent' };
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  };
}

/** Whether this says that Stripe is away. */
export function isAway(once: Once<unknown> | 'away'): boolean {
  return once === 'away' || once.kind === 'away' || once.kind === 'silent' || once.kind === 'failed';
}

async function speak<T>(call: Call<T>, leftMs: number, key: string | undefined): Promise<Once<T>> {
  if (leftMs < leastMs) return { kind: 'away' };
  try {
    const said = await call({ timeout: Math.ceil(leftMs), ...(key === undefined ? {} : { idempotencyKey: key }) });
    if (said.lastResponse.statusCode >= 400) return { kind: 'failed' }; // an error that is not worded as Stripe's: of somebody in between
    return { kind: 'said', said, isReplayed: new Headers(said.lastResponse.headers).get('idempotent-replayed') === 'true' };
  } catch (error) {
    const fault = error as StripeFault;
    if (typeof fault.type !== 'string' || !fault.type.startsWith('Stripe')) throw error;
    return meaningOf(fault);
  }
}

/** Source: https://docs.stripe.com/error-low-level, "Status codes". A 409 is another request under the same key, which may be one of ours that was not answered. */
function meaningOf(fault: StripeFault): Once<never> {
  if (fault.type === 'StripeConnectionError')
    return { kind: wasNeverSent((fault.detail as { cause?: unknown } | undefined)?.cause ?? fault.detail ?? {}) ? 'away' : 'silent' };
  if (fault.statusCode === undefined || fault.statusCode >= 500) return { kind: 'failed' };
  if (fault.statusCode === 429) return { kind: 'busy' };
  return fault.statusCode === 409 ? { kind: 'in-use' } : { kind: 'refused', fault };
}

function isForbidden({ statusCode }: StripeFault): boolean {
  return statusCode === 401 || statusCode === 403;
}
