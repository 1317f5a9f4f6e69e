import { setTimeout as sleep } from 'node:timers/promises';
import type { Background } from '@tandem/host';

/**
 * The time between "I am going" and going. Once it begins, `/readyz` says 503 and every answer ends its connection, so a load balancer has sent its
 * requests elsewhere before the port is closed; until then all are served, streams too: the parts given here work on until the notice is over. A process that never came to serve goes at once.
 */
export class DrainNotice implements Background {
  readonly name = 'drain notice';
  private hasBegun = false;

  constructor(
    private readonly noticeMs: number,
    private readonly meanwhile: readonly Background[],
    private readonly isServing: () => boolean,
  ) {}

  async start(): Promise<void> {
    for (const part of this.meanwhile) await part.start();
  }

  async stop(): Promise<void> {
    this.hasBegun = true;
    if (this.isServing()) await sleep(this.noticeMs);
    await Promise.all(this.meanwhile.map((part) => part.stop()));
  }

  isGiven(): boolean {
    return this.hasBegun;
  }
}
