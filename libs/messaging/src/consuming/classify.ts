import { status } from '@grpc/grpc-js';
import { Unavailable } from '../handler.js';

/** Which system is away, when that is why something failed; `undefined` for every other failure. Looks through `cause`. */
export function awaySystem(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  if (error instanceof Unavailable) return error.system;
  return awayByCode(error) ?? awayByText(error.message) ?? awaySystem(error.cause, depth + 1);
}

/** Sources: PostgreSQL error classes 08 (connection), 25006 (a standby answers), 53 (resources), 57P (operator); libuv; gRPC status codes. */
function awayByCode(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    if (/^(08\d\w\w|25006|53[0-3]00|57P0[1-5])$/.test(code)) return 'database';
    if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w+)$/.test(code)) return 'network';
  }
  return 'metadata' in error && (code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED) ? 'service' : undefined;
}

/** What `pg` says without a code. */
function awayByText(message: string): string | undefined {
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/.test(message)
    ? 'database'
    : undefined;
}

/** An error in one line, for `tries` and reasons; at most 500 characters, nothing PostgreSQL could not store. */
export function inOneLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return storable(text.replace(/\s+/g, ' ')).slice(0, 500);
}

/** The text without NUL and lone surrogates, which PostgreSQL refuses. */
export function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
