import { request } from 'node:http';

export type ReadyAnswer = { readonly status: number; readonly body: string };

/** Asks `url` once; status 0 when nobody answers. A connection of its own: it must not be kept open. */
export function ask(url: string, timeoutMs = 2_000): Promise<ReadyAnswer> {
  return new Promise((resolve) => {
    const asking = request(url, { agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
    asking.on('error', (error) => resolve({ status: 0, body: error.message }));
    asking.end();
  });
}
