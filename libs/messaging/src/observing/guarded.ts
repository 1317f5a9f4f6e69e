import type { Logger } from '../logger.js';
import type { Middleware } from '../consuming/delivery.js';

/** A handler that takes longer is worth a line, ms. */
const deadlineMs = 10_000;
/** After an error nobody expected (parking itself failed), ms. */
const surpriseMs = 1000;

/** The outermost step: nothing is ever thrown into the log's adapter, and slow handlers are named. */
export function guarded(logger: Logger): Middleware {
  return (next) => async (delivery) => {
    const facts = {
      topic: delivery.record.topic,
      key: delivery.record.key,
      type: delivery.record.headers['ce_type'],
      offset: delivery.record.offset.toString(),
    };
    const warning = setTimeout(() => logger.warn(facts, 'a handler has been running for 10 s'), deadlineMs);
    try {
      return await next(delivery);
    } catch (error) {
      logger.error({ ...facts, err: error }, 'a message could not be handled nor set aside; it is tried again');
      return { kind: 'later', afterMs: surpriseMs };
    } finally {
      clearTimeout(warning);
    }
  };
}
