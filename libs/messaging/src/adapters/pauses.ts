import type { Subscription, TopicPartition } from '../event-log.js';

/** A partition as a key of a map. */
export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** What a member has paused: single partitions, or everything. */
export class Pauses {
  private readonly paused = new Set<string>();
  private all = false;

  constructor(private readonly changed: () => void) {}

  /** The four methods of a `Subscription`. */
  readonly controls: Pick<Subscription, 'pause' | 'resume' | 'pauseAll' | 'resumeAll'> = {
    pause: (of) => this.set(() => this.paused.add(nameOf(of))),
    resume: (of) => this.set(() => this.paused.delete(nameOf(of))),
    pauseAll: () => this.set(() => (this.all = true)),
    resumeAll: () => this.set(() => (this.all = false)),
  };

  /** Whether records of the partition may be given. */
  flows(of: TopicPartition): boolean {
    return !this.all && !this.paused.has(nameOf(of));
  }

  /** The partition has moved away: its own pause ends, that of everything stays. */
  forget(of: TopicPartition): void {
    this.paused.delete(nameOf(of));
  }

  private set(change: () => void): void {
    change();
    this.changed();
  }
}
