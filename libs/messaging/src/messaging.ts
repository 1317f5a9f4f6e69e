import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { Database } from '@tandem/kernel';
import type { Registry } from 'prom-client';
import type { EventLog } from './event-log.js';
import type { Logger } from './logger.js';
import type { Operations } from './operations.js';
import type { Outbox } from './outbox.js';

export type MessagingOptions = {
  /** Name of the service: the source of its events and its consumer group. */
  readonly service: string;
  readonly database: Database;
  /** Of the same database, for the relay's own connection. */
  readonly connectionString: string;
  readonly log: EventLog;
  /** Makes UUIDv7. */
  readonly newId: () => string;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Checks events against their schema when publishing: development and tests. */
  readonly validate: boolean;
  /** The consumer can never work again: the process should end. Default: a line in the log. */
  readonly onFatal?: (error: Error) => void;
};

/** The way out and the way in of one service. Works without consumers, and without producers. */
export type Messaging = {
  readonly outbox: Outbox;
  /** For `app.connectMicroservice({ strategy })`; consumers begin with `startAllMicroservices`. */
  readonly strategy: CustomTransportStrategy;
  /** Starts relay, retries of parked messages and pruning. Does not wait for log or database. */
  start(): Promise<void>;
  /** Finishes the messages in hand (≤ 10 s) and commits them, publishes what is committed, closes its connections. */
  stop(): Promise<void>;
  ready(): { readonly ok: boolean; readonly detail: string };
  readonly operations: Operations;
};

export function createMessaging(options: MessagingOptions): Messaging {
  throw new Error(`not wired yet for ${options.service}`);
}
