import { type Background, createTicker } from '@tandem/host';
import type { Logger } from 'pino';
import type { Instances } from '../domain/instances.js';
import type { DriveCheckouts } from './drive-checkouts.js';

/** A process that has not beaten for `leaseMs` is taken for dead. Source: docs/explanation/checkout.md, "Leases". */
export const lease = { beatMs: 500, leaseMs: 2_000 } as const;
/** Checkouts taken over at one beat. */
const most = 20;
/** While this many are in hand none is taken over: requests that come in need room as well. */
const mostInHand = 128;
/** How long a drain waits for the checkouts in hand; another replica goes on with the rest. */
const drainMs = 8_000;

/** Beats for all checkouts of this process, and goes on with those whose process is gone, and with those that had to wait. */
export class RunCheckouts implements Background {
  readonly name = 'checkouts';
  private isAccepting = true;
  private readonly ticker;

  constructor(
    private readonly instances: Instances,
    private readonly drive: DriveCheckouts,
    private readonly logger: Logger,
  ) {
    this.ticker = createTicker({
      everyMs: lease.beatMs,
      work: () => this.beat(),
      onError: (error) => logger.warn({ err: error }, 'no beat: the database did not take it'),
    });
  }

  async start(): Promise<void> {
    await this.instances
      .succeed()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'earlier processes are found by their leases'));
    this.ticker.start();
  }

  /** Takes no checkout over any more and waits for those in hand. The beat goes on until `end`: requests may still come in. */
  async stop(): Promise<void> {
    this.isAccepting = false;
    await Promise.race([this.drive.idle(), new Promise<void>((resolve) => setTimeout(resolve, drainMs).unref())]);
  }

  /** Gives the lease up, once no request can come in any more. */
  async end(): Promise<void> {
    await this.ticker.stop();
    await this.instances.resign();
  }

  /** Looks at once: somebody else's word has come that a checkout waited for. */
  wake(): void {
    this.ticker.wake();
  }

  private async beat(): Promise<void> {
    const inHand = this.drive.running();
    const room = this.isAccepting ? Math.max(0, Math.min(most, mostInHand - inHand.length)) : 0;
    const taken = await this.instances.beat(inHand, { leaseMs: lease.leaseMs, most: room });
    for (const claim of taken) void this.drive.run(claim);
  }
}
