import { type EventLog, postgresEventLog } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { BaseConfig } from './config.js';

/** The log this configuration names: Kafka when `KAFKA_BROKERS` is set, else the embedded one on PostgreSQL. */
export async function openEventLog(base: Pick<BaseConfig, 'kafkaBrokers' | 'logDatabaseUrl'>, logger: Logger): Promise<EventLog> {
  if (base.kafkaBrokers.length > 0) throw new Error('KAFKA_BROKERS: the Kafka adapter is not wired yet');
  return postgresEventLog({ connectionString: base.logDatabaseUrl, logger });
}
