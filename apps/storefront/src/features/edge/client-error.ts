import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { newUuid, Refusal } from '@tandem/host';
import { renderProblem } from './problem.js';

/** Answers what Node's parser refuses before there is a request: headers over the limit, no HTTP at all, or a request that did not come whole in time. The connection ends with it, also for who sends on. */
export function answerClientErrors(server: Server): void {
  server.removeAllListeners('clientError');
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
      return void socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n', () => socket.destroy());
    const refusal =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? new Refusal('headers-too-large', { detail: 'send fewer or shorter headers, cookies among them' })
        : new Refusal('validation-failed', { detail: 'this is not HTTP' });
    const requestId = newUuid();
    const { status, headers, body } = renderProblem(refusal, requestId);
    const text = JSON.stringify(body);
    const lines = Object.entries({
      ...headers,
      'X-Request-Id': requestId,
      'Content-Length': String(Buffer.byteLength(text)),
      Connection: 'close',
    });
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${text}`,
      () => socket.destroy(),
    );
  });
}
