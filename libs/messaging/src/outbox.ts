import type { EventDefinition } from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';

/** The way out of a service: facts are written in the transaction that makes them true, and published once it has committed. */
export type Outbox = {
  /**
   * Writes one event row, with the next sequence of its (topic, key) taken under a row lock, so commit order = sequence.
   * In development and tests the data is checked against its schema and a misfit throws.
   */
  enqueue<Data>(tx: Tx, definition: EventDefinition<Data>, data: NoInfer<Data>): Promise<void>;
};
