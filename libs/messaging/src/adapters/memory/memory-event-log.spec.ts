import { eventLogContract } from '../../event-log.contract.js';
import { memoryEventLog } from './memory-event-log.js';
import { MemoryStore } from './memory-store.js';

eventLogContract('memory', () => {
  const store = new MemoryStore();
  return Promise.resolve({ log: () => Promise.resolve(memoryEventLog({ store })), close: () => Promise.resolve() });
});
