import { Unavailable } from '@tandem/messaging';
import { Pool } from 'undici';
import type { Sending } from '../domain/mail-transport.js';
import type { Sms } from '../domain/sms.js';

export type SandboxSmsOptions = {
  /** `http://host:port` of the sandbox. */
  readonly url: string;
  /** At once; default 8. */
  readonly connections?: number;
};

/** Text messages over HTTP to the sandbox. The message's id is its idempotency key, so that a repeat sends nothing. */
export function sandboxSms({ url, connections = 8 }: SandboxSmsOptions): Sms & { close(): Promise<void> } {
  const provider = new Pool(url, { connections, headersTimeout: 5_000, bodyTimeout: 5_000, connectTimeout: 3_000 });
  return {
    send: async ({ id, to, text }) => {
      const answer = await asked(provider, id, JSON.stringify({ to, text }));
      return sendingOf(answer);
    },
    close: () => provider.close(),
  };
}

type Answer = { readonly status: number; readonly body: string };

async function asked(provider: Pool, key: string, body: string): Promise<Answer> {
  try {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const answer = await provider.request({ method: 'POST', path: '/sms/messages', headers, body });
    return { status: answer.statusCode, body: await answer.body.text() };
  } catch (cause) {
    throw new Unavailable('sms', { cause });
  }
}

/** What the provider says of this message is final; that it is busy or broken is not. */
function sendingOf({ status, body }: Answer): Sending {
  if (status === 201) return { kind: 'accepted' };
  if (status === 400 || status === 422) return { kind: 'rejected', because: detailOf(body) };
  throw new Unavailable('sms', { cause: new Error(`the provider answered ${status}: ${body.slice(0, 200)}`) });
}

function detailOf(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    return typeof detail === 'string' && detail !== '' ? detail : body;
  } catch {
    return body;
  }
}
