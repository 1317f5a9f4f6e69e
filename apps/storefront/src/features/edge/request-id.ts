import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const ids = new WeakMap<object, string>();
const wellFormed = /^[A-Za-z0-9._-]{1,128}$/;

/** The id of a request: the client's `X-Request-Id` when it is well formed, else one of ours; the same however often it is asked. */
export function requestIdOf(request: { readonly headers: IncomingHttpHeaders }): string {
  const known = ids.get(request);
  if (known !== undefined) return known;
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && wellFormed.test(given) ? given : randomUUID(); // nothing is sorted by it: the cheapest there is
  ids.set(request, id);
  return id;
}
