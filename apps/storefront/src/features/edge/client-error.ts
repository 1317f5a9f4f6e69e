import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newUuid, Refusal } from '@tandem/host';
import { renderProblem } from './problem.js';
import { requestIdOf } from './request-id.js';

type ClientError = NodeJS.ErrnoException & { readonly reason?: string };

/**
 * Answers what Node's parser refuses before there is a request, as a problem: headers over the limit, no HTTP at all, or a request that did not come
 * whole in time. The connection ends with it, also for who sends on. Whoever has an answer already, or the beginning of one, gets no second. An earlier
 * request that is here whole is answered as ever, and the connection ends with that: a problem in its place would be taken for its answer. Gives the status
 * that a request was told of here, of which its own response knows nothing.
 */
export function answerClientErrors(server: Server): (response: ServerResponse) => number | undefined {
  const told = new WeakMap<ServerResponse, number>();
  const unfinished = new WeakMap<Socket, readonly ServerResponse[]>();
  const ending = new WeakSet<Socket>();
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const earlier = unfinished.get(socket)?.filter(({ writableFinished }) => !writableFinished) ?? [];
    unfinished.set(socket, [...earlier, response]);
  });
  server.removeAllListeners('clientError');
  server.on('clientError', (error: ClientError, socket: Socket) => {
    if (ending.has(socket)) return;
    const responses = unfinished.get(socket) ?? [];
    if (error.code === 'ECONNRESET' || !socket.writable || responses.some(isAnswered)) return void socket.destroy();
    const underWay = responses.findLast(({ req, writableFinished }) => req.complete && !writableFinished);
    if (underWay) {
      ending.add(socket);
      return void underWay.setHeader('Connection', 'close');
    }
    const begun = responses.find(({ req }) => !req.complete);
    const { body, ...head } = renderProblem(refusalOf(error, begun?.req, server), begun ? requestIdOf(begun.req) : newUuid());
    if (begun) told.set(begun, head.status);
    socket.end(written({ ...head, body }), () => socket.destroy());
  });
  return (response) => told.get(response);
}

/** An answer has begun, and it is no earlier request's: the error is one of the request it answers, or would be written into it. */
function isAnswered({ headersSent, writableFinished, req }: ServerResponse): boolean {
  return headersSent && !(writableFinished && req.complete);
}

function refusalOf(error: ClientError, begun: IncomingMessage | undefined, server: Server): Refusal {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('request-timeout', { detail: tooSlow(begun, server) });
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal('headers-too-large', { detail: 'send fewer or shorter headers, cookies among them' });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Refusal('body-too-large', { detail: 'send chunks without extensions' });
    case 'HPE_INVALID_EOF_STATE':
      return new Refusal('validation-failed', { detail: 'the connection ended before the request was whole' });
    default:
      return new Refusal('validation-failed', { detail: `this is not HTTP/1.1${error.reason === undefined ? '' : `: ${error.reason}`}` });
  }
}

function tooSlow(begun: IncomingMessage | undefined, { headersTimeout, requestTimeout }: Server): string {
  return begun
    ? `its body was not here whole ${requestTimeout / 1_000} s after it began; nothing was done`
    : `its headers were not here whole within ${Math.min(headersTimeout, requestTimeout) / 1_000} s; nothing was done`;
}

function written({ status, headers, body }: ReturnType<typeof renderProblem>): string {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'X-Request-Id': String(body['requestId']),
    'Content-Length': String(Buffer.byteLength(text)),
    Connection: 'close',
  });
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${text}`;
}
