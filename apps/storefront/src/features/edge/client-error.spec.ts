import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { answerClientErrors } from './client-error.js';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

/** All that is answered to what is sent, until the server ends the connection. */
async function answerTo(text: string): Promise<string> {
  const server = createServer({ requestTimeout: 100, connectionsCheckingInterval: 50 }, (request, response) =>
    request.resume().on('end', () => response.end('whole')),
  );
  servers.push(server);
  answerClientErrors(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  return new Promise((resolve, reject) => {
    let seen = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => void socket.write(text));
    socket
      .on('data', (chunk) => void (seen += String(chunk)))
      .on('error', reject)
      .on('end', () => (socket.destroy(), resolve(seen)));
  });
}

describe('a connection on which no request comes about', () => {
  it('is told so and ended when the body does not come whole in time', async () => {
    expect(await answerTo('POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 50\r\n\r\n{')).toBe(
      'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n',
    );
  });

  it('is told so when it is no HTTP, as a problem', async () => {
    const answer = await answerTo('hello\r\n\r\n');
    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 400 Bad Request');
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ code: 'validation-failed', detail: 'this is not HTTP' });
  });
});
