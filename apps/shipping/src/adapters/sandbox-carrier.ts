import { Unavailable } from '@tandem/messaging';
import { Pool } from 'undici';
import { z } from 'zod';
import type { Carrier } from '../domain/carrier.js';

const timeoutMs = 5_000;

const Labels = z.object({
  data: z.array(z.object({ status: z.enum(['created', 'in-transit', 'delivered', 'lost', 'returned', 'voided']) })),
});

type Question = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object; readonly key?: string };
type Answer = { readonly status: number; readonly bytes: Buffer };

/** The sandbox carrier over HTTP. Its API: docs/reference/sandbox.md. `close` ends the connections. */
export function sandboxCarrier(url: string): Carrier & { close(): Promise<void> } {
  const pool = new Pool(url, { connections: 16, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { timeout: 2_000 } });
  return {
    name: 'sandbox',
    labelsEach: 'shipment',
    async buyLabel({ key, ...label }) {
      const { status, ...answer } = await ask(pool, { method: 'POST', path: '/carrier/labels', body: label, key });
      const body = jsonOf(answer);
      if (status >= 400) return { kind: 'refused', because: String(body['code'] ?? status) };
      return { kind: 'bought', labelId: String(body['id']), trackingCode: String(body['trackingCode']) };
    },
    async track({ trackingCode }) {
      const { status, ...answer } = await ask(pool, {
        method: 'GET',
        path: `/carrier/labels?trackingCode=${encodeURIComponent(trackingCode)}`,
      });
      const found = Labels.safeParse(jsonOf(answer));
      if (status !== 200 || !found.success)
        throw new Unavailable('carrier', { cause: found.error ?? new Error(`the carrier answered ${status}`) });
      return found.data.data[0]?.status ?? 'unknown';
    },
    async labelDocument(labelId) {
      const { status, bytes } = await ask(pool, { method: 'GET', path: `/carrier/labels/${encodeURIComponent(labelId)}/document` });
      if (status === 200) return { kind: 'document', pdf: bytes };
      return { kind: status === 409 ? 'voided' : 'none' };
    },
    async voidLabel(labelId) {
      const { status } = await ask(pool, { method: 'POST', path: `/carrier/labels/${encodeURIComponent(labelId)}/void` });
      return status < 300 ? 'voided' : 'dispatched';
    },
    close: () => pool.close(),
  };
}

/** Answers below 500; anything else, and no answer, is `Unavailable`. */
async function ask(pool: Pool, { method, path, body, key }: Question): Promise<Answer> {
  try {
    const headers = { ...(body ? { 'content-type': 'application/json' } : {}), ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const answer = await pool.request({ method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode < 500 && answer.statusCode !== 429) return { status: answer.statusCode, bytes };
    throw new Error(`the carrier answered ${answer.statusCode}`);
  } catch (cause) {
    throw new Unavailable('carrier', { cause });
  }
}

/** An answer that is no JSON is no answer of the carrier's. */
function jsonOf({ bytes }: Pick<Answer, 'bytes'>): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new Unavailable('carrier', { cause });
  }
}
