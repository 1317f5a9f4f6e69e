import { newUuid, type Background } from '@tandem/host';
import type { EventLog, Subscription } from '@tandem/messaging';
import type { Logger } from 'pino';

/** How long to wait before a lost subscription is made anew. */
const againAfterMs = 5_000;

/**
 * Calls `onChange` for every record of the topic `product` from now on. Every process listens for itself, in a group of its own, and keeps no
 * offset: what it misses, the caches' TTL bounds. A log that is away is tried again.
 */
export function productEvents(log: EventLog, onChange: () => void, logger: Logger): Background {
  const state: { isStopped: boolean; subscription?: Subscription; timer?: NodeJS.Timeout } = { isStopped: false };
  const again = (error: unknown): void => {
    if (state.isStopped) return;
    logger.warn({ err: error }, 'product events are not heard; pages are refreshed by age meanwhile');
    state.timer = setTimeout(() => void listen(), againAfterMs);
    state.timer.unref();
  };
  const listen = async (): Promise<void> => {
    try {
      const subscription = await log.subscribe({
        group: `storefront-pages-${newUuid()}`,
        topics: ['product'],
        from: 'latest',
        handle: async () => {
          onChange();
          return { kind: 'done' };
        },
      });
      if (state.isStopped) return await subscription.close();
      state.subscription = subscription;
      onChange(); // what changed before we listened
      void subscription.failed.then(again);
    } catch (error) {
      again(error);
    }
  };
  return {
    name: 'product events',
    start: listen,
    stop: async () => {
      state.isStopped = true;
      clearTimeout(state.timer);
      await state.subscription?.close();
    },
  };
}
