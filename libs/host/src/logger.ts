import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

/** Paths whose values never reach a log line. */
const secrets = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'secret', 'paymentMethod'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

/** Members of PostgreSQL's errors that quote rows and values, so names and addresses of people. Source: PostgreSQL, "Error and Notice Message Fields". */
const quoting: ReadonlySet<string> = new Set(['detail', 'where', 'internalQuery', 'dataType', 'metadata']);

/** An error as a log line has it: with its causes, without the data it quotes. */
function errorLine(error: unknown): unknown {
  const line: unknown = stdSerializers.errWithCause(error as Error);
  return withoutQuotes(line);
}

function withoutQuotes(line: unknown): unknown {
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return line;
  return Object.fromEntries(
    Object.entries(line)
      .filter(([name]) => !quoting.has(name))
      .map(([name, value]) => [name, name === 'cause' ? withoutQuotes(value) : value]),
  );
}

/** One JSON line per entry on standard output (or `destination`), with the service's name. */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name: service,
    level,
    base: { service },
    redact: { paths: secrets, censor: '[redacted]' },
    serializers: { err: errorLine },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Nest's own messages, in the same form; its start-up chatter is debug. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, context?: string) => logger.debug({ context }, String(message)),
    error: (message: unknown, stack?: string, context?: string) => logger.error({ context, stack }, String(message)),
    warn: (message: unknown, context?: string) => logger.warn({ context }, String(message)),
    debug: (message: unknown, context?: string) => logger.debug({ context }, String(message)),
    verbose: (message: unknown, context?: string) => logger.trace({ context }, String(message)),
  };
}
