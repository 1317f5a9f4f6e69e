import type { EventDefinition } from '@tandem/contracts';
import { type Statement, type Tx, sessionOf } from '@tandem/kernel';
import type { Outbox } from '../outbox.js';
import { envelopeOf } from './envelope.js';

export type OutboxOptions = {
  /** Source of the events: `/tandem/<service>`. */
  readonly service: string;
  /** Makes UUIDv7. */
  readonly newId: () => string;
  /** Called once a transaction that enqueued has committed. */
  readonly wake: () => void;
  /** Checks data against its schema and throws on a misfit: development and tests. */
  readonly validate: boolean;
};

/** Limit of a record's value, in bytes of UTF-8. Source: `NewRecord` in event-log.ts. */
const maxBytes = 1_000_000;

/** One round trip: the counter's row lock gives the sequence, then the row is written. */
const enqueue: Statement = {
  name: 'messaging.enqueue',
  text: `WITH given AS (
    INSERT INTO messaging.counter AS c (topic, key, last) VALUES ($1, $2, 1) ON CONFLICT (topic, key) DO UPDATE SET last = c.last + 1 RETURNING last)
  INSERT INTO messaging.outbox (topic, key, sequence, headers, payload) SELECT $1, $2, last, $3, $4 FROM given`,
};

export type OutboxRow = {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
};

/** Writes any row to the outbox; `createOutbox` is for events. Throws on a payload no log takes, so that it never gets as far as the relay. */
export async function enqueueRow(tx: Tx, row: OutboxRow): Promise<void> {
  const sizeBytes = Buffer.byteLength(row.payload);
  if (sizeBytes > maxBytes) throw new RangeError(`a record of ${sizeBytes} bytes for topic ${row.topic} is over the limit of ${maxBytes}`);
  await sessionOf(tx).query(enqueue, [row.topic, row.key, JSON.stringify(row.headers), row.payload]);
}

/** The outbox in PostgreSQL. Rolled back with its transaction; published by the relay after the commit. */
export function createOutbox({ service, newId, wake, validate }: OutboxOptions): Outbox {
  const source = `/tandem/${service}`;
  return {
    async enqueue<Data>(tx: Tx, definition: EventDefinition<Data>, data: Data): Promise<void> {
      if (validate) definition.schema.parse(data);
      const key = definition.key(data);
      const headers = envelopeOf({ id: newId(), type: definition.type, source, subject: key, time: new Date() });
      await enqueueRow(tx, { topic: definition.topic, key, headers, payload: JSON.stringify(data) });
      sessionOf(tx).afterCommit(wake);
    },
  };
}
