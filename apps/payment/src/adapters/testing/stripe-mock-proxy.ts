import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type MockProxy = {
  readonly url: string;
  /** Answers that were not 200, with what was asked. */ readonly refusals: string[];
  /** What was asked, ids left out. */ readonly asked: Set<string>;
  close(): Promise<void>;
};

/** Stands between an adapter and stripe-mock, whose every intent is one that was just declined: here it is one that was just made. */
export async function startMockProxy(mockUrl: string): Promise<MockProxy> {
  const [refusals, asked] = [[] as string[], new Set<string>()];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = '', url = '', headers } = request;
      const body = method === 'POST' ? { body: Buffer.concat(chunks) } : {};
      const answer = await fetch(mockUrl + url, {
        method,
        headers: {
          authorization: headers.authorization ?? '',
          'content-type': headers['content-type'] ?? '',
          'stripe-version': String(headers['stripe-version']),
        },
        ...body,
      });
      const said = (await answer.json()) as Record<string, unknown>;
      const what = `${method} ${url.split('?')[0]?.replace(/pi_\w+/, '{id}')}`;
      asked.add(what);
      if (answer.status !== 200) refusals.push(`${what}: ${JSON.stringify(said)}`);
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...said, ...('last_payment_error' in said ? { last_payment_error: null } : {}) }));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusals,
    asked,
    close: async () => void (server.closeAllConnections(), await new Promise((resolve) => server.close(resolve))),
  };
}
