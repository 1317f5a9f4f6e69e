import { Unavailable } from '@tandem/messaging';
import { Pool } from 'undici';
import type { Carrier } from '../domain/carrier.js';

const timeoutMs = 5_000;

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** The sandbox carrier over HTTP. Its API: docs/reference/sandbox.md. `close` ends the connections. */
export function sandboxCarrier(url: string): Carrier & { close(): Promise<void> } {
  const pool = new Pool(url, { connections: 16, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { timeout: 2_000 } });
  return {
    name: 'sandbox',
    async buyLabel({ key, ...label }) {
      const { status, body } = await post(pool, '/carrier/labels', label, key);
      if (status >= 400) return { kind: 'refused', because: String(body['code'] ?? status) };
      return { kind: 'bought', labelId: String(body['id']), trackingCode: String(body['trackingCode']) };
    },
    async voidLabel(labelId) {
      const { status } = await post(pool, `/carrier/labels/${encodeURIComponent(labelId)}/void`);
      return status < 300 ? 'voided' : 'dispatched';
    },
    close: () => pool.close(),
  };
}

/** Answers below 500; anything else, and no answer, is `Unavailable`. */
async function post(pool: Pool, path: string, body?: object, key?: string): Promise<Answer> {
  try {
    const headers = { ...(body ? { 'content-type': 'application/json' } : {}), ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const answer = await pool.request({ method: 'POST', path, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const parsed = (await answer.body.json()) as Record<string, unknown>;
    if (answer.statusCode < 500 && answer.statusCode !== 429) return { status: answer.statusCode, body: parsed };
    throw new Error(`the carrier answered ${answer.statusCode}`);
  } catch (cause) {
    throw new Unavailable('carrier', { cause });
  }
}
