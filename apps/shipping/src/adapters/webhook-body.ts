import { jsonOf } from '@tandem/host';
import type { z } from 'zod';
import type { OpenedWebhook } from '../domain/carrier-news.js';

type Read<T> = { readonly kind: 'read'; readonly data: T } | Extract<OpenedWebhook, { kind: 'malformed' }>;

/** A webhook's body by its schema, or what is wrong with it. */
export function bodyOf<T>(schema: z.ZodType<T>, body: Uint8Array): Read<T> {
  return partOf(schema, jsonOf(body), '');
}

/** The part of a body that stands at this JSON pointer, by its schema, or what is wrong with it. */
export function partOf<T>(schema: z.ZodType<T>, part: unknown, pointer: string): Read<T> {
  const parsed = schema.safeParse(part);
  if (parsed.success) return { kind: 'read', data: parsed.data };
  return {
    kind: 'malformed',
    errors: parsed.error.issues.map(({ path, code, message }) => ({
      pointer: pointer + path.map((step) => `/${String(step)}`).join(''),
      code,
      message,
    })),
  };
}
