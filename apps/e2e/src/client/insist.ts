import { randomUUID } from 'node:crypto';
import type { Answer, Http } from './http.js';

/** How long a client keeps trying one step while the shop is being killed, milliseconds. */
const patienceMs = 90_000;

export type Step = { readonly method?: string; readonly path: string; readonly body?: unknown; readonly token?: string };

/** Asks by one idempotency key until the answer is final. Rejects when that takes too long. */
export function insist(http: Http, { method = 'POST', path, body, token }: Step): Promise<Answer> {
  const key = randomUUID();
  return untilFinal(`${method} ${path}`, () =>
    http(method, path, { token, ...(body === undefined ? {} : { body }), headers: { 'idempotency-key': key } }),
  );
}

/** Asks the same until the answer is final: anything but a lost connection, 409 in flight, 429 and 5xx. Rejects when that takes too long. */
export async function untilFinal(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + patienceMs;
  for (let last = 'nothing yet'; ;) {
    const answer = await ask().catch((error: Error) => error);
    if (!(answer instanceof Error) && !isPassing(answer)) return answer;
    last = answer instanceof Error ? answer.message : `${answer.status} ${answer.text.slice(0, 200)}`;
    if (Date.now() > end) throw new Error(`${what}: no final answer within ${patienceMs} ms; last: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isPassing({ status, body }: Answer): boolean {
  return status >= 500 || status === 429 || (status === 409 && ['idempotency-key-in-flight', 'checkout-in-progress'].includes(body?.code));
}
