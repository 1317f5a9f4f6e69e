import type { z } from 'zod';
import type { OpenedWebhook } from '../domain/carrier-news.js';

type Malformed = Extract<OpenedWebhook, { kind: 'malformed' }>;

/** A webhook's body by its schema, or what is wrong with it. */
export function bodyOf<T>(schema: z.ZodType<T>, body: Uint8Array): { readonly kind: 'read'; readonly data: T } | Malformed {
  const parsed = schema.safeParse(jsonOf(body));
  if (parsed.success) return { kind: 'read', data: parsed.data };
  return { kind: 'malformed', errors: parsed.error.issues.map(({ path, code, message }) => ({ pointer: path.map((part) => `/${String(part)}`).join(''), code, message })) };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined; // not JSON: the schema says so
  }
}
