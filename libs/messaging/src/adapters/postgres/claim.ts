import type { LogRecord, SubscribeOptions, TopicPartition } from '../../event-log.js';
import { Delivery } from '../delivery.js';
import type { Logger } from '../logger.js';
import type { Pauses } from '../pauses.js';

/** Records read ahead per partition. */
export const bufferSize = 200;

export type Taken = TopicPartition & {
  readonly group: string;
  readonly part: number;
  readonly epoch: bigint;
  readonly committed: bigint;
  readonly head: bigint;
};
export type ClaimEvents = {
  /** The claim has something to commit. */
  readonly progressed: (claim: Claim) => void;
  /** The claim may want to read. */
  readonly drained: () => void;
};
export type ClaimOptions = {
  readonly taken: Taken;
  readonly handle: SubscribeOptions['handle'];
  readonly concurrency: number;
  readonly pauses: Pauses;
  readonly logger: Logger;
  readonly events: ClaimEvents;
};

/** A partition this member holds for a group: what it has read ahead, handled and committed. Every commit is fenced by `epoch`. */
export class Claim {
  readonly group: string;
  readonly part: number;
  readonly epoch: bigint;
  readonly of: TopicPartition;
  /** Next offset to read. */
  pos: bigint;
  /** Next offset to handle; what is before it may be committed. */
  done: bigint;
  /** Next offset as the log has it. */
  committed: bigint;
  /** The log's next offset, as far as this member has heard. */
  head: bigint;
  state: 'held' | 'releasing' | 'lost' = 'held';
  private buffer: LogRecord[] = [];
  private readonly delivery: Delivery;

  constructor(private readonly options: ClaimOptions) {
    const { taken, handle, concurrency, logger } = options;
    this.group = taken.group;
    this.part = taken.part;
    this.epoch = taken.epoch;
    this.of = { topic: taken.topic, partition: taken.partition };
    this.pos = this.done = this.committed = taken.committed;
    this.head = taken.head;
    this.delivery = new Delivery({
      handle,
      concurrency,
      logger,
      next: (index) => this.buffer[index],
      done: (record) => this.handled(record),
      flows: () => options.pauses.flows(this.of),
    });
  }

  /** Whether records wait in the log that should be read now. */
  get hungry(): boolean {
    return this.state === 'held' && this.head > this.pos && this.buffer.length < bufferSize / 2 && this.options.pauses.flows(this.of);
  }

  get dirty(): boolean {
    return this.state !== 'lost' && this.done > this.committed;
  }

  /** Takes what a read from `pos` gave. Nothing although the head is further: retention has removed it. */
  fed(records: readonly LogRecord[], askedUpTo: bigint): void {
    if (this.state !== 'held') return;
    const last = records.at(-1);
    this.pos = last ? last.offset + 1n : askedUpTo;
    this.buffer.push(...records);
    this.delivery.wake();
  }

  wake(): void {
    this.delivery.wake();
  }

  /** Gives nothing more; resolves when nothing is in hand. */
  async stop(state: 'releasing' | 'lost'): Promise<void> {
    this.state = state;
    await this.delivery.stop();
  }

  private handled(record: LogRecord): void {
    if (this.state === 'lost') return;
    this.buffer.shift();
    this.done = record.offset + 1n;
    this.options.events.progressed(this);
    if (this.hungry) this.options.events.drained();
  }
}
