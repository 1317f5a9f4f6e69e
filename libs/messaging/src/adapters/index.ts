export { GroupNotEmpty, InvalidRecord, LogClosed, PartitionCountDiffers, RecordTooLarge, UnknownTopic } from './errors.js';
export { type KafkaEventLogOptions, kafkaEventLog } from './kafka/kafka-event-log.js';
export { memoryEventLog } from './memory/memory-event-log.js';
export { MemoryStore } from './memory/memory-store.js';
export { migrateEventLog } from './postgres/migrate-event-log.js';
export { type PostgresEventLogOptions, postgresEventLog } from './postgres/postgres-event-log.js';
