import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { eventually } from '@tandem/host/testing';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

describe('a request that does not come whole', () => {
  let storefront: SpecStorefront;
  let server: Server;
  beforeEach(async () => {
    storefront = await startStorefront({});
    server = storefront.app.getHttpServer() as Server;
  });
  afterEach(() => storefront.close());

  /** The status line of what a POST with a beginning of a body is answered with. */
  const answerTo = (headersAndBody: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let seen = '';
      connect(Number(new URL(storefront.url).port), '127.0.0.1')
        .on('data', (chunk) => void (seen += String(chunk)))
        .on('error', reject)
        .on('close', () => resolve(seen.split('\r\n')[0] ?? ''))
        .write(`POST /v1/orders/lookup HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n${headersAndBody}`);
    });
  const counted = () =>
    eventually(
      async () => {
        const { values } = await storefront.metrics.http.get();
        return values.filter(({ metricName }) => metricName?.endsWith('_count')).map(({ labels, value }) => [labels.status, value]);
      },
      (all) => all.length > 0,
    );

  it('is counted under the status it was told when it took too long', async () => {
    // Node looks for it every half a minute; this is what it says then.
    const late = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    server.once('request', ({ socket }: { readonly socket: Socket }) => setImmediate(() => server.emit('clientError', late, socket)));
    expect(await answerTo('Content-Length: 50\r\n\r\n{')).toBe('HTTP/1.1 408 Request Timeout');
    expect(await counted()).toEqual([['408', 1]]);
  });

  it('is counted under the status it was told when it goes on with nonsense', async () => {
    expect(await answerTo('Transfer-Encoding: chunked\r\n\r\nnonsense\r\n')).toBe('HTTP/1.1 400 Bad Request');
    expect(await counted()).toEqual([['400', 1]]);
  });
});
