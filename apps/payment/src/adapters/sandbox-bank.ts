import { setTimeout as sleep } from 'node:timers/promises';
import type { Currency, Money } from '@tandem/kernel';
import type { Registry } from 'prom-client';
import { Pool } from 'undici';
import { type ChargeAnswer, PaymentMethods, type PaymentProvider } from '../domain/payment-provider.js';
import { cutPausesMs, failedPausesMs, leastMs, lineToBank, places, wasNeverSent } from './bank-line.js';

export type SandboxBankOptions = {
  readonly url: string;
  /** How long a call waits for the bank, its place in the queue and its tries included. */ readonly deadlineMs: number;
  readonly registry?: Registry;
};

const instruments = [
  'visa',
  'declined',
  'insufficient_funds',
  '3ds',
  'slow',
  'timeout_charged',
  'timeout_uncharged',
  'duplicate_webhook',
  'webhook_first',
  'error_500',
].map((name) => `pm_card_${name}`);
/** The sandbox bank's instruments (docs/reference/sandbox.md). */
export const sandboxMethods = new PaymentMethods(new RegExp(`^(${instruments.join('|')})$`), `wants one of ${instruments.join(', ')}`);

type Request = { readonly method: 'GET' | 'POST'; readonly path: string; readonly key?: string; readonly body?: object };
type Answer = { readonly status: number; readonly body: Record<string, unknown> };
/** `away`: nothing was sent. `silent`: it was sent, and no answer came. */
type Spoken = Answer | 'away' | 'silent';

/** The sandbox bank over HTTP. Its API: docs/reference/sandbox.md. `close` ends the connections. */
export function sandboxBank({ url, deadlineMs, registry }: SandboxBankOptions): PaymentProvider & { close(): Promise<void> } {
  const pool = new Pool(url, {
    connections: places.atOnce,
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    connect: { timeout: 2_000 },
  });
  const line = lineToBank<Spoken>({ isAway: (spoken) => typeof spoken === 'string' || spoken.status >= 500, registry });
  const ask = (call: Request, untilMs = performance.now() + deadlineMs): Promise<Spoken> =>
    line(() => speak(pool, call, untilMs - performance.now()));
  return {
    charge: async ({ key, orderId, amount, paymentMethod }) => {
      const call: Request = { method: 'POST', path: '/bank/charges', key, body: { orderId, amount: toWire(amount), paymentMethod } };
      const untilMs = performance.now() + deadlineMs;
      let mayHaveCharged = false; // a 503 says that nothing was done (RFC 9110, 15.6.4), any other 5xx and a cut connection say nothing
      const left = { failed: [...failedPausesMs], cut: [...cutPausesMs] }; // by the same key, so the bank charges once
      for (;;) {
        const spoken = await ask(call, untilMs);
        if (typeof spoken !== 'string' && spoken.status < 500) return chargeAnswer(spoken);
        if (spoken === 'away' && !mayHaveCharged) break;
        mayHaveCharged ||= spoken === 'silent' || (typeof spoken !== 'string' && spoken.status !== 503);
        const pauseMs = (typeof spoken === 'string' ? left.cut : left.failed).shift();
        if (pauseMs === undefined || performance.now() + pauseMs > untilMs) break;
        await sleep(pauseMs * (0.5 + Math.random()));
      }
      return { kind: mayHaveCharged ? 'unknown' : 'unavailable' };
    },
    find: async ({ key }) => {
      const spoken = await ask({ method: 'GET', path: `/bank/charges?idempotencyKey=${encodeURIComponent(key)}` });
      if (typeof spoken === 'string' || spoken.status !== 200) return { kind: 'unavailable' };
      const [found] = spoken.body['data'] as Record<string, unknown>[];
      return found ? chargeAnswer({ status: 200, body: found }) : { kind: 'none' };
    },
    refund: async ({ key, chargeId, amount }) =>
      outcomeOf(
        await ask({ method: 'POST', path: `/bank/charges/${encodeURIComponent(chargeId)}/refunds`, key, body: { amount: toWire(amount) } }),
        'refunded',
      ),
    void: async ({ key }) => outcomeOf(await ask({ method: 'POST', path: '/bank/voids', key }), 'voided'),
    close: () => pool.close(),
  };
}

function toWire({ minor, currency }: Money): { amount: number; currency: Currency } {
  return { amount: Number(minor), currency };
}

function outcomeOf<Good extends string>(spoken: Spoken, good: Good): Good | 'refused' | 'unavailable' {
  if (typeof spoken === 'string' || spoken.status >= 500) return 'unavailable';
  return spoken.status < 300 ? good : 'refused';
}

function chargeAnswer({ status, body }: Answer): ChargeAnswer {
  if (status === 402 || body['status'] === 'declined')
    return { kind: 'declined', declineCode: String(body['declineCode'] ?? 'card-declined') };
  if (status === 409 || body['status'] === 'voided') return { kind: 'voided' };
  if (body['status'] === 'requires-action')
    return {
      kind: 'requires-action',
      chargeId: String(body['id']),
      actionUrl: String((body['nextAction'] as { url?: unknown } | undefined)?.url ?? ''),
    };
  if (body['status'] === 'captured') return { kind: 'captured', chargeId: String(body['id']) };
  return { kind: 'unknown' };
}

/** One request, answered within `leftMs`; what has waited for its place until then is not sent. Whatever goes wrong on the way is an answer too. */
async function speak(pool: Pool, { method, path, key, body }: Request, leftMs: number): Promise<Spoken> {
  if (leftMs < leastMs) return 'away';
  try {
    const answer = await pool.request({
      method,
      path,
      headers: {
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(Math.ceil(leftMs)),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
  } catch (error) {
    return wasNeverSent(error) ? 'away' : 'silent';
  }
}
