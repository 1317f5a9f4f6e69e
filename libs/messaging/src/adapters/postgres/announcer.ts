import type { Logger } from '../logger.js';
import type { Run } from './connections.js';
import { channel, payloadOf } from './heads.js';

const notify = { name: 'log-notify', text: 'SELECT pg_notify($1, $2)' };

/**
 * Wakes other processes. Always after the commit, never inside it: a NOTIFY holds a lock of the whole server until its transaction has
 * ended. One is under way at a time; what comes meanwhile is merged into the next. A lost one is found by the members' tick.
 */
export class Announcer {
  private heads = new Map<number, bigint>();
  private groups = new Set<string>();
  private telling: Promise<void> | undefined;

  constructor(
    private readonly run: Run,
    private readonly logger: Logger,
  ) {}

  reached(part: number, next: bigint): void {
    if (next > (this.heads.get(part) ?? -1n)) this.heads.set(part, next);
    this.tell();
  }

  changed(group: string): void {
    this.groups.add(group);
    this.tell();
  }

  /** Resolves when everything said so far is out. */
  async settled(): Promise<void> {
    await this.telling;
  }

  private tell(): void {
    this.telling ??= this.tellAll().finally(() => {
      this.telling = undefined;
      if (this.heads.size + this.groups.size > 0) this.tell();
    });
  }

  private async tellAll(): Promise<void> {
    await Promise.resolve();
    while (this.heads.size + this.groups.size > 0) {
      const payloads = [...this.groups].map((group) => payloadOf({ kind: 'group', group }));
      if (this.heads.size > 0) payloads.push(payloadOf({ kind: 'heads', heads: this.heads }));
      this.heads = new Map();
      this.groups = new Set();
      try {
        for (const payload of payloads) await this.run(notify, [channel, payload]);
      } catch (error) {
        this.logger.warn({ err: error }, 'a wake-up was not sent; members find it by their tick');
      }
    }
  }
}
