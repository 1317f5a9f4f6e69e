import { status } from '@grpc/grpc-js';
import { Unavailable } from '../handler.js';

/** Which system is away, when that is why something failed; `undefined` for every other failure. Looks through `cause`. */
export function awaySystem(error: unknown, depth = 0): string | undefined {
  if (!isError(error) || depth > 5) return undefined;
  if (error instanceof Unavailable) return error.system;
  return awayByCode(error) ?? awayByText(error.message) ?? awaySystem(error.cause, depth + 1);
}

/** Sources: PostgreSQL error classes 08 (connection), 25006 (a standby answers), 53 (resources), 57P (operator); libuv; nodemailer; undici; `AbortSignal.timeout`; gRPC status codes. */
function awayByCode(error: Error): string | undefined {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code === 'string') {
    if (/^(08\d\w\w|25006|53[0-3]00|57P0[1-5])$/.test(code)) return 'database';
    if (
      /^(E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|SOCKET|CONNECTION|DNS)|UND_ERR_(SOCKET|\w+_TIMEOUT))$/.test(
        code,
      )
    )
      return 'network';
    if (code === 'ENOENT' && syscall === 'connect') return 'network'; // a Unix socket goes with its server
  }
  if (error.name === 'TimeoutError') return 'network';
  return 'metadata' in error && (code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED) ? 'service' : undefined;
}

/** What `pg` says without a code. */
function awayByText(message: string): string | undefined {
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/.test(
    message,
  )
    ? 'database'
    : undefined;
}

/** An error in one line, for `tries`, reasons and what a schedule noted; its class only where that says more than that it is one, or where it says nothing else. At most 500 characters, nothing PostgreSQL could not store. */
export function inOneLine(error: unknown): string {
  const text = !isError(error) ? String(error) : error.message === '' ? error.name : `${error.name}: ${error.message}`;
  return storable(text.replace(/^error: /i, '').replace(/\s+/g, ' ')).slice(0, 500);
}

/** Also an error of another realm (a worker, a test's sandbox), which `instanceof` does not know. */
function isError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

/** The text without NUL and lone surrogates, which PostgreSQL refuses. */
export function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
