import type { EventLog, Subscription } from '../../event-log.js';
import { acceptRecords } from '../accept-records.js';
import { type Logger, silent } from '../logger.js';
import { whileOpen } from '../while-open.js';
import { MemoryStore } from './memory-store.js';

/** A log in this process, for tests. Clients that are given the same `store` see the same records and share groups. */
export function memoryEventLog({
  store = new MemoryStore(),
  logger = silent,
}: { readonly store?: MemoryStore; readonly logger?: Logger } = {}): EventLog {
  const subscriptions = new Set<Subscription>();
  const closed = new AbortController();
  const open = whileOpen(() => closed.signal.aborted);
  return {
    kind: 'memory',
    ensureTopics: (topics) => open(() => topics.forEach((topic) => store.ensure(topic))),
    publish: (records) =>
      open(() => {
        acceptRecords(records);
        store.append(records);
      }),
    subscribe: (options) =>
      open(() => {
        for (const topic of options.topics) store.partitionsOf(topic);
        const subscription = store.group(options.group).join(options, logger);
        subscriptions.add(subscription);
        return subscription;
      }),
    lag: (group) => open(() => store.lag(group)),
    read: (from, limit) => open(() => store.records(from).slice(Number(from.offset), Number(from.offset) + limit)),
    seek: (group, topic, position) =>
      open(() => {
        store.partitionsOf(topic);
        return store.group(group).seek(topic, position);
      }),
    ping: () => open(() => undefined),
    close: async () => {
      closed.abort();
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
    },
  };
}
