import { type EventLog, kafkaEventLog, postgresEventLog } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { BaseConfig } from './config.js';

/** The log this configuration names: Kafka when `KAFKA_BROKERS` is set, else the embedded one on PostgreSQL. */
export function openEventLog(base: Pick<BaseConfig, 'kafkaBrokers' | 'logDatabaseUrl'>, logger: Logger): EventLog {
  if (base.kafkaBrokers.length > 0) return kafkaEventLog({ brokers: base.kafkaBrokers, clientId: 'tandem', logger });
  return postgresEventLog({ connectionString: base.logDatabaseUrl, logger });
}
