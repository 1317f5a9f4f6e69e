export { type SpecDatabase, createSpecDatabase, openSpecDatabase } from '../spec-database.js';
export {
  type BatchCall,
  type Call,
  type Counted,
  CountedV1,
  type Serving,
  type SpecService,
  applied,
  appliedTogether,
  createSpecStore,
  recordOf,
  serve,
  slowly,
} from '../spec-service.js';
export { fenced } from './fenced.js';
export { prune } from '../publishing/pruning.js';
export { type LogAddress, openLog } from './open-log.js';
export { type StockProducer, stockIdempotentProducer } from '../adapters/kafka/stock-producer.js';
export { partitionOfKey } from '../adapters/partition-of-key.js';
export { pgDeadLetters } from '../parking/pg-dead-letters.js';
