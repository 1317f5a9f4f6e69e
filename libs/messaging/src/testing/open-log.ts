import { kafkaEventLog } from '../adapters/kafka/kafka-event-log.js';
import { postgresEventLog } from '../adapters/postgres/postgres-event-log.js';
import type { EventLog } from '../event-log.js';
import type { Logger } from '../logger.js';

/** Where a log is: enough for another process to open it. */
export type LogAddress = { readonly postgres: string; readonly evictAfterMs?: number } | { readonly kafka: readonly string[] };

/** A client of the log at an address. */
export function openLog(address: LogAddress, logger?: Logger): EventLog {
  const told = logger && { logger };
  if ('kafka' in address) return kafkaEventLog({ brokers: address.kafka, ...told });
  const { postgres: connectionString, ...options } = address;
  return postgresEventLog({ connectionString, ...options, ...told });
}
