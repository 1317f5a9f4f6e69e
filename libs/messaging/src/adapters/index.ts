export { GroupNotEmpty, InvalidRecord, LogClosed, PartitionCountDiffers, RecordTooLarge, UnknownTopic } from './errors.js';
export type { Logger } from './logger.js';
export { memoryEventLog } from './memory/memory-event-log.js';
export { MemoryStore } from './memory/memory-store.js';
