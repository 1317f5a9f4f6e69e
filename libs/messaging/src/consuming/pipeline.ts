import type { Database } from '@tandem/kernel';
import type { Logger } from '../logger.js';
import { guarded } from '../observing/guarded.js';
import { traced } from '../observing/traced.js';
import type { Parking } from '../parking/parking.js';
import { batched } from './batched.js';
import type { Breadth } from './breadth.js';
import type { Middleware, Step } from './delivery.js';
import { type OnceParts, once } from './once.js';
import { parked } from './parked.js';
import { retried, triedOnce } from './retried.js';

export type PipelineParts = OnceParts & {
  readonly database: Database;
  readonly parking: Parking;
  readonly breadth: Breadth;
  readonly measured: Middleware;
  readonly waiting: Middleware;
  /** Called once per batch that had to be taken apart. */
  readonly onApart: (type: string) => void;
  readonly logger: Logger;
  readonly now: () => number;
};

/** The way of a message from the log, outermost step first. */
export function livePipeline(parts: PipelineParts): Step {
  const { logger, measured, waiting, database, parking, breadth, now } = parts;
  return guarded(logger)(traced(measured(waiting(parked(database, parking)(retried(breadth, now)(batched(parts)(once(parts))))))));
}

/** The way of a message that was parked: the same, with one try; its schedule does the rest. */
export function retryPipeline(parts: PipelineParts): Step {
  const { logger, measured, waiting, database, parking } = parts;
  return guarded(logger)(traced(measured(waiting(parked(database, parking)(triedOnce(once(parts)))))));
}
