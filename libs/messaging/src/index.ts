export type { EventLog, LogRecord, NewRecord, PartitionLag, Position, SubscribeOptions, Subscription, TopicPartition, Verdict } from './event-log.js';
export { type Act, type Done, type Handled, type Ignored, type Message, type Poison, Unavailable, done, effect, ignored, poison } from './handler.js';
export type { Outbox } from './outbox.js';
