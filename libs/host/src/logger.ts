import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** Paths whose values never reach a log line. */
const secrets = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'secret', 'paymentMethod'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** One JSON line per entry on standard output, with the service's name. */
export function createLogger(service: string, level: string): Logger {
  return pino({ name: service, level, base: { service }, redact: { paths: secrets, censor: '[redacted]' }, timestamp: pino.stdTimeFunctions.isoTime });
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
