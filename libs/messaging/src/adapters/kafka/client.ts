import kafkajs, {
  type Admin,
  type Consumer,
  type ConsumerConfig,
  type Kafka,
  type KafkaConfig,
  type LogEntry,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import { LogClosed } from '../errors.js';
import type { Logger } from '../logger.js';
import { checkApiVersions } from './api-versions.js';
import { Connections } from './connections.js';
import { calmIdleConnections } from './idle-poll.js';

export type ClientOptions = { readonly brokers: readonly string[]; readonly clientId: string; readonly logger: Logger };

/** A hung broker fails each try after `requestTimeout`. */
const timeouts = { connectionTimeout: 2_000, requestTimeout: 5_000 };

/**
 * How kafkajs tries again, for a member as for finding the cluster's brokers and coordinators: doubling up to half a minute, as it does by itself, it would
 * still wait when a new leader has long been there. A member that fails 16 times since it joined joins anew, after 6 s when one follows the other.
 */
export const kafkaRetry = { initialRetryTime: 150, maxRetryTime: 400, retries: 16 };

/** Connections to one cluster, opened when they are first wanted. */
export class KafkaClient {
  private opened: Promise<Admin> | undefined;
  private checked: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly options: ClientOptions) {
    if (!calmIdleConnections())
      options.logger.warn({}, 'kafkajs is not the version its idle-poll patch was written for; idle connections will cost CPU');
  }

  consumer(config: ConsumerConfig): Consumer {
    const connections = new Connections();
    const consumer = this.kafka(connections, { retry: kafkaRetry }).consumer(config);
    consumer.on(consumer.events.REQUEST_TIMEOUT, connections.unheard);
    return consumer;
  }

  /** It does not try again by itself. */
  producer(config: ProducerConfig): Producer {
    const connections = new Connections();
    const producer = this.kafka(connections, { requestTimeout: 3_000, retry: { retries: 0 } }).producer(config);
    producer.on(producer.events.REQUEST_TIMEOUT, connections.unheard);
    return producer;
  }

  /** Resolves once a broker was found to speak our protocol versions; asked of the cluster once. */
  async supported(): Promise<void> {
    this.checked ??= checkApiVersions(this.options.brokers);
    try {
      await this.checked;
    } catch (error) {
      this.checked = undefined;
      throw error;
    }
  }

  /** Runs an administrative request. After a failure the next one gets a new connection. */
  async admin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    await this.supported();
    if (this.closed) throw new LogClosed();
    const opened = (this.opened ??= this.openAdmin());
    try {
      return await work(await opened);
    } catch (error) {
      if (this.opened === opened) this.opened = undefined;
      void opened
        .then((admin) => admin.disconnect())
        .catch((late: unknown) => this.options.logger.debug({ err: late }, 'a broken connection was not closed'));
      throw error;
    }
  }

  /** What is asked for later opens nothing any more. */
  async close(): Promise<void> {
    this.closed = true;
    const opened = this.opened;
    this.opened = undefined;
    await opened
      ?.then((admin) => admin.disconnect())
      .catch((error: unknown) => this.options.logger.debug({ err: error }, 'the connection was gone already'));
  }

  private async openAdmin(): Promise<Admin> {
    const connections = new Connections();
    const admin = this.kafka(connections, { retry: kafkaRetry }).admin({ retry: { retries: 2 } });
    admin.on(admin.events.REQUEST_TIMEOUT, connections.unheard);
    await admin.connect();
    return admin;
  }

  /** One for each consumer, producer and admin: what one of them was not answered disturbs no other, e.g. one that waits for its group. */
  private kafka({ socketFactory }: Connections, settings: Partial<KafkaConfig>): Kafka {
    const { brokers, clientId, logger } = this.options;
    return new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      ...timeouts,
      ...settings,
      socketFactory,
      logCreator: () => bridge(logger),
    });
  }
}

/** kafkajs's lines in ours. Its "info" tells of every pause and join: ours is "debug". Its "error" is mostly a try that will be made again. */
function bridge(logger: Logger): (entry: LogEntry) => void {
  return ({ level, namespace, log: { message, timestamp: _, logger: __, ...facts } }) => {
    if (/offset out of range/i.test(message)) logger.error({ ...facts, kafkajs: namespace }, message);
    else if (level === kafkajs.logLevel.ERROR || level === kafkajs.logLevel.WARN) logger.warn({ ...facts, kafkajs: namespace }, message);
    else logger.debug({ ...facts, kafkajs: namespace }, message);
  };
}
