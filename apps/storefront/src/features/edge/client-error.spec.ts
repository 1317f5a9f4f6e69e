import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { answerClientErrors } from './client-error.js';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

const answerWhole: RequestListener = (request, response) => void request.resume().on('end', () => response.end('whole'));

/** All that is answered to what is sent, and to what is sent `afterwards`, until the server ends the connection. */
async function answerTo(text: string, listener: RequestListener = answerWhole, afterwards = ''): Promise<string> {
  const server = createServer({ headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 }, listener);
  servers.push(server);
  answerClientErrors(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  return new Promise((resolve, reject) => {
    let seen = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => void socket.write(text));
    socket
      .on('data', (chunk) => void (seen += String(chunk)))
      .once('data', () => void (afterwards && socket.write(afterwards)))
      .on('error', reject)
      .on('end', () => (socket.destroy(), resolve(seen)));
  });
}

/** The status line and the problem of an answer, which must be one with all its headers. */
async function problemOf(answering: Promise<string>) {
  const answer = await answering;
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const problem = JSON.parse(body) as Record<string, unknown>;
  expect(head.split('\r\n')).toEqual(
    expect.arrayContaining([
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${String(problem['requestId'])}`,
      'Connection: close',
    ]),
  );
  return [head.split('\r\n')[0], problem['code'], problem['detail'], problem['requestId']];
}

describe('a connection on which no request comes about', () => {
  it('is told so and ended when the body does not come whole in time', async () => {
    expect(await problemOf(answerTo('POST / HTTP/1.1\r\nHost: shop\r\nX-Request-Id: slow-1\r\nContent-Length: 50\r\n\r\n{'))).toEqual([
      'HTTP/1.1 408 Request Timeout',
      'request-timeout',
      expect.stringMatching(/^its body .* 0\.2 s after/),
      'slow-1',
    ]);
  });

  it.each([
    ['some headers', 'GET / HTTP/1.1\r\nHost: shop\r\n'],
    ['nothing at all', ''],
  ])('is told so and ended when it sends %s and no more', async (_what, text) => {
    expect(await problemOf(answerTo(text))).toEqual([
      'HTTP/1.1 408 Request Timeout',
      'request-timeout',
      expect.stringMatching(/^its headers .* 0\.1 s/),
      expect.any(String),
    ]);
  });

  it.each([
    ['hello\r\n\r\n', 'this is not HTTP/1.1: Invalid method encountered'],
    ['GET / HTTP/1.1\r\nHost : shop\r\n\r\n', 'this is not HTTP/1.1: Invalid header token'],
    ['POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 'this is not HTTP/1.1: Duplicate Content-Length'],
  ])('is told what is wrong with %j', async (text, detail) => {
    expect(await problemOf(answerTo(text))).toEqual(['HTTP/1.1 400 Bad Request', 'validation-failed', detail, expect.any(String)]);
  });

  it('is told that its headers are too large', async () => {
    expect((await problemOf(answerTo(`GET / HTTP/1.1\r\nHost: shop\r\nCookie: ${'x'.repeat(20_000)}\r\n\r\n`))).slice(0, 2)).toEqual([
      'HTTP/1.1 431 Request Header Fields Too Large',
      'headers-too-large',
    ]);
  });

  it('gets no second answer when it was answered before its body was whole', async () => {
    const answer = await answerTo('POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 50\r\n\r\n{', (_request, response) => {
      response.writeHead(401).end('no');
    });
    expect([
      answer.split('\r\n')[0],
      answer.includes('408'),
      answer.endsWith('2\r\nno\r\n0\r\n\r\n') || answer.endsWith('\r\n\r\nno'),
    ]).toEqual(['HTTP/1.1 401 Unauthorized', false, true]);
  });

  it('is answered on its own when an earlier request of it was', async () => {
    const answer = await answerTo('GET / HTTP/1.1\r\nHost: shop\r\n\r\n', answerWhole, 'nonsense\r\n\r\n');
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it.each([
    ['what follows it is no HTTP', 'nonsense\r\n\r\n'],
    ['what follows it does not come whole in time', 'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 50\r\n\r\n{'],
  ])('ends with the answer of the request that is under way when %s', async (_what, following) => {
    const answerLate: RequestListener = ({ method, socket }, response) => {
      const { server } = socket as unknown as { readonly server: Server };
      if (method === 'GET') server.once('clientError', () => response.end('whole'));
    };
    const answer = await answerTo(`GET / HTTP/1.1\r\nHost: shop\r\n\r\n${following}`, answerLate);
    expect(answer.match(/HTTP\/1\.1 \d+|Connection: \S+|whole/g)).toEqual(['HTTP/1.1 200', 'Connection: close', 'whole']);
  });

  it('ends with the answer of the request that is under way though nonsense goes on', async () => {
    const answerInTwo: RequestListener = ({ socket }, response) => {
      const { server } = socket as unknown as { readonly server: Server };
      server.once('clientError', () => {
        response.write('who');
        server.once('clientError', () => response.end('le'));
      });
    };
    const answer = await answerTo('GET / HTTP/1.1\r\nHost: shop\r\nConnection: keep-alive\r\n\r\nnonsense', answerInTwo, 'more nonsense');
    expect(answer.endsWith('3\r\nwho\r\n2\r\nle\r\n0\r\n\r\n')).toBe(true);
  });
});
