import type { EachBatchPayload } from 'kafkajs';
import type { LogRecord, SubscribeOptions, TopicPartition } from '../../event-log.js';
import { Delivery } from '../delivery.js';
import type { Logger } from '../logger.js';
import { recordOf } from './record.js';

/** When the reader is told to wait, and when to go on. */
const full = { records: 200, bytes: 4_000_000 };

export type HeldPartitionOptions = {
  readonly of: TopicPartition;
  readonly handle: SubscribeOptions['handle'];
  readonly concurrency: number;
  readonly flows: () => boolean;
  readonly progressed: () => void;
  readonly logger: Logger;
  /** The same partition in the generation before, when it was ours then too; it has been told to stop. */
  readonly previous?: { readonly held: HeldPartition; readonly ended: Promise<void> };
};

/**
 * A partition assigned to this member in one generation of its group. Handlers run here, outside of kafkajs's fetch loop, so a slow
 * one holds up neither heartbeats nor other partitions, and nothing they throw reaches kafkajs.
 */
export class HeldPartition {
  readonly of: TopicPartition;
  state: 'held' | 'lost' = 'held';
  /** Next offset as the broker has it; undefined before the first record. */
  committed: bigint | undefined;
  /** Next offset to handle. */
  done: bigint | undefined;
  private buffer: LogRecord[] = [];
  private bytes = 0;
  private begun = false;
  private alone: boolean;
  private resumeReading: (() => void) | undefined;
  private readonly delivery: Delivery;

  constructor(private readonly options: HeldPartitionOptions) {
    const { of, handle, concurrency, flows, logger, previous } = options;
    this.of = of;
    this.alone = !previous;
    this.delivery = new Delivery({
      handle,
      concurrency,
      flows,
      logger,
      next: (index) => (this.begun ? this.buffer[index] : undefined),
      done: (record) => this.handled(record),
    });
    void previous?.ended.then(() => {
      this.alone = true;
      this.begin();
    });
  }

  get dirty(): boolean {
    return this.state === 'held' && this.done !== undefined && this.committed !== undefined && this.done > this.committed;
  }

  /** Nothing in hand or read ahead. */
  get idle(): boolean {
    return this.buffer.length === 0;
  }

  /** Takes a batch and moves the reader on; offsets are committed by the member, not by what was read. */
  feed(payload: EachBatchPayload): void {
    const { batch } = payload;
    const last = batch.messages.at(-1);
    if (this.state !== 'held' || !last) return;
    this.buffer.push(...batch.messages.map((message) => recordOf(this.of, message)));
    this.bytes += batch.messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    payload.resolveOffset(last.offset);
    if (this.buffer.length >= full.records || this.bytes >= full.bytes) this.resumeReading = payload.pause();
    this.begin();
    this.delivery.wake();
  }

  wake(): void {
    this.delivery.wake();
  }

  /** Gives nothing more; resolves when nothing is in hand. `lost`: it is not committed any more either. */
  async stop(state: 'held' | 'lost'): Promise<void> {
    this.state = state;
    this.goOnReading();
    await this.delivery.stop();
  }

  /** Starts once the generation before has nothing in hand. What that one did stands, unless the group has been moved in between. */
  private begin(): void {
    const first = this.buffer[0]?.offset;
    if (this.begun || !this.alone || first === undefined) return;
    const before = this.options.previous?.held;
    const stands = before?.committed === first && before.done !== undefined && before.done > first ? before.done : first;
    this.buffer = this.buffer.filter(({ offset }) => offset >= stands);
    this.committed = first;
    this.done = stands;
    this.begun = true;
    if (this.dirty) this.options.progressed();
    this.delivery.wake();
  }

  private handled(record: LogRecord): void {
    this.buffer.shift();
    this.bytes -= record.value?.length ?? 0;
    this.done = record.offset + 1n;
    if (this.state === 'held') this.options.progressed();
    if (this.buffer.length < full.records / 2 && this.bytes < full.bytes) this.goOnReading();
  }

  private goOnReading(): void {
    this.resumeReading?.();
    this.resumeReading = undefined;
  }
}
