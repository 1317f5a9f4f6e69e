import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { webhookSecret } from './sandbox-under-test.js';

export type Taken = { readonly id: string; readonly body: Record<string, unknown>; readonly status: number };

/** A shop that takes webhooks: it verifies each signature and answers what `answers` says, 200 when that is empty. */
export type WebhookTaker = {
  readonly taken: readonly Taken[];
  /** Statuses of the next answers, in order. */
  readonly answers: number[];
  /** Resolves once `count` webhooks were answered with 2xx. */
  accepted(count: number): Promise<readonly Taken[]>;
  close(): Promise<void>;
};

export async function startTaker(port: number): Promise<WebhookTaker> {
  const taken: Taken[] = [];
  const answers: number[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    void buffer(request).then((raw) => {
      const status = verified(raw.toString('utf8'), request.headers) ? (answers.shift() ?? 200) : 401;
      taken.push({ id: String(request.headers['webhook-id']), body: JSON.parse(raw.toString('utf8')) as Record<string, unknown>, status });
      response.writeHead(status).end();
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const accepted = (): readonly Taken[] => taken.filter(({ status }) => status < 300);
  return {
    taken,
    answers,
    accepted: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (accepted().length < count) return;
          waiting.delete(look);
          resolve(accepted());
        };
        waiting.add(look);
        look();
      }),
    close: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

function verified(body: string, headers: IncomingHttpHeaders): boolean {
  try {
    new Webhook(webhookSecret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false; // the caller answers 401, which the spec sees
  }
}
