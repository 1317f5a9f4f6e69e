export type {
  EventLog,
  LogRecord,
  NewRecord,
  PartitionLag,
  Position,
  SubscribeOptions,
  Subscription,
  TopicPartition,
  Verdict,
} from './event-log.js';
export {
  type Act,
  type Done,
  type Handled,
  type Ignored,
  type Message,
  type Poison,
  Unavailable,
  done,
  effect,
  ignored,
  poison,
} from './handler.js';
export type { Outbox } from './outbox.js';
export {
  type BatchHandler,
  type BatchOptions,
  type EventHandler,
  type HandlerContext,
  On,
  type OnOptions,
  eventLogTransport,
} from './on.js';
export { type Messaging, type MessagingOptions, createMessaging } from './messaging.js';
export { type OutboxOptions, createOutbox } from './publishing/pg-outbox.js';
export type { OutboxFacts } from './publishing/outbox-facts.js';
export { inOneLine } from './consuming/classify.js';
export { type RetryPolicy, defaultPolicy } from './consuming/policy.js';
export type {
  AuditEntry,
  ConsumerFacts,
  DeadLetter,
  DeadLetterClass,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterStatus,
  DeadLetters,
  Discarding,
  Operations,
  Page,
  Replay,
} from './operations.js';
export type { Logger as MessagingLogger } from './logger.js';
export {
  GroupNotEmpty,
  InvalidRecord,
  LogClosed,
  MemoryStore,
  PartitionCountDiffers,
  type PostgresEventLogOptions,
  RecordTooLarge,
  UnknownTopic,
  type KafkaEventLogOptions,
  kafkaEventLog,
  memoryEventLog,
  migrateEventLog,
  postgresEventLog,
} from './adapters/index.js';
