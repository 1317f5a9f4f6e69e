import type { EventLog } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { BaseConfig } from './config.js';

/** The log this configuration names: Kafka when `KAFKA_BROKERS` is set, else the embedded one on PostgreSQL. */
export async function openEventLog(base: Pick<BaseConfig, 'kafkaBrokers' | 'logDatabaseUrl'>, _logger: Logger): Promise<EventLog> {
  throw new Error(`the adapters are not there yet (${base.logDatabaseUrl})`);
}
