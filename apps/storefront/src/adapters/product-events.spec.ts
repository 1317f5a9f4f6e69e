import { createLogger } from '@tandem/host';
import type { EventLog, SubscribeOptions } from '@tandem/messaging';
import { productEvents } from './product-events.js';

const logger = createLogger('spec', 'silent');

/** A log of which only `subscribe` is there; the first `failures` tries fail. */
function logThatHears(failures = 0) {
  const subscribed: SubscribeOptions[] = [];
  let tries = 0;
  let closed = 0;
  const subscribe = async (options: SubscribeOptions): Promise<unknown> => {
    tries += 1;
    if (tries <= failures) throw new Error('the log is away');
    subscribed.push(options);
    return { failed: new Promise<Error>(() => undefined), close: async () => void (closed += 1) };
  };
  return { log: { subscribe } as unknown as EventLog, subscribed, closed: () => closed };
}

describe('product events', () => {
  it('empty the caches at once, from now on, in a group of this process alone', async () => {
    const { log, subscribed, closed } = logThatHears();
    let changes = 0;
    const events = productEvents(log, () => (changes += 1), logger);
    await events.start();
    const before = changes;
    expect(await subscribed[0]?.handle({} as never, new AbortController().signal)).toEqual({ kind: 'done' });
    expect([changes - before, subscribed[0]?.topics, subscribed[0]?.from]).toEqual([1, ['product'], 'latest']);
    const other = logThatHears();
    await productEvents(other.log, () => undefined, logger).start();
    expect(other.subscribed[0]?.group).not.toBe(subscribed[0]?.group);
    await events.stop();
    expect(closed()).toBe(1);
  });

  it('do not keep the storefront from booting while the log is away', async () => {
    const { log, subscribed } = logThatHears(1);
    const events = productEvents(log, () => undefined, logger);
    await events.start();
    expect(subscribed).toEqual([]);
    await events.stop();
  });
});
