import type { z } from 'zod';
import type { TopicName } from './topics.js';

/** One version of one event: its CloudEvents type, its topic, its schema and the key its records are ordered by. */
export type EventDefinition<Data = unknown> = {
  /** CloudEvents `type`, `<aggregate>.<fact>.v<major>`; a break is a new major published side by side. */
  readonly type: string;
  readonly topic: TopicName;
  readonly schema: z.ZodType<Data>;
  /** Record key: events with one key are delivered in the order they were enqueued. */
  readonly key: (data: Data) => string;
  /** One sentence for the reference and the AsyncAPI document. */
  readonly summary: string;
};

export function defineEvent<Schema extends z.ZodType>(definition: {
  type: string;
  topic: TopicName;
  schema: Schema;
  key: (data: z.infer<Schema>) => string;
  summary: string;
}): EventDefinition<z.infer<Schema>> {
  return definition as unknown as EventDefinition<z.infer<Schema>>;
}

/** The data of an event definition: `DataOf<typeof OrderConfirmedV1>`. */
export type DataOf<E> = E extends EventDefinition<infer Data> ? Data : never;
