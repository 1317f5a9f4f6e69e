import { toPublicId } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import type { Logger } from 'pino';
import { judge } from '../domain/delivery.js';
import type { DeliveryQueue, DueDelivery, Room, Sender, Wanted } from '../domain/ports.js';

const kinds = ['fit', 'doubtful'] as const;
type Kind = (typeof kinds)[number];

/**
 * Attempts in hand with endpoints that have taken something and not failed since, and with all others: those cannot take the fit ones' places. A fit
 * one may have died meanwhile: an attempt that is slow leaves its place to another, so that dead ones hold the fit ones' places for no longer than
 * that, while its owner's and its endpoint's bounds go on counting it. Source: docs/reference/webhooks.md.
 */
const rooms: Readonly<Record<Kind, Room>> = {
  fit: { inAll: 64, perOwner: 8, perEndpoint: 4 },
  doubtful: { inAll: 32, perOwner: 4, perEndpoint: 1 },
};
/** When a fit endpoint's attempt is slow, milliseconds, and how many of these there may be: beyond that they keep their places. */
const slow = { afterMs: 2_000, most: 192 } as const;
/** Between two looks pass at least this many and at most that many milliseconds; in between it is known when something becomes due. */
const pause = { shortest: 250, longest: 15_000, afterError: 1_000 } as const;

type InHand = { readonly kind: Kind; readonly endpointId: string; readonly ownerId: string; isSlow: boolean };
type Parts = {
  readonly queue: DeliveryQueue;
  readonly sender: Sender;
  readonly now: Now;
  readonly logger: Logger;
  readonly random?: () => number;
};

/** Sends what is owed, many endpoints at once. A slow or dead endpoint holds only its own places, and one owner's hold only the owner's. */
export class DeliverWebhooks {
  readonly name = 'webhook deliveries';
  private readonly inHand = new Set<InHand>();
  private readonly attempts = new Set<Promise<void>>();
  private readonly looking: Record<Kind, Promise<void> | undefined> = { fit: undefined, doubtful: undefined };
  private readonly again: Record<Kind, boolean> = { fit: false, doubtful: false };
  private planning: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Woken since the next look was planned. */
  private isStale = false;
  private isStopped = true;

  constructor(private readonly parts: Parts) {}

  start(): Promise<void> {
    this.isStopped = false;
    this.wake();
    return Promise.resolve();
  }

  /** Takes no more; waits for the attempts in hand. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await Promise.all([this.looking.fit, this.looking.doubtful, this.planning]);
    await Promise.all(this.attempts);
  }

  /** Looks for what is due, soon. */
  wake(): void {
    if (this.isStopped) return;
    clearTimeout(this.timer);
    for (const kind of kinds) {
      this.again[kind] = true;
      this.looking[kind] ??= this.look(kind).finally(() => {
        this.looking[kind] = undefined;
        if (this.again[kind]) this.wake(); // woken in the very moment it ended
      });
    }
    this.isStale = true;
    this.planning ??= this.plan().finally(() => {
      this.planning = undefined;
      if (this.isStale) this.wake();
    });
  }

  /** Looks again when something will be due; sooner when woken. */
  private async plan(): Promise<void> {
    let due: number | null = null;
    do {
      this.isStale = false;
      while (this.looking.fit || this.looking.doubtful) await Promise.all([this.looking.fit, this.looking.doubtful]);
      due = await this.nextDueMs().catch((error: unknown) => (this.failed(error), pause.afterError));
    } while (this.isStale && !this.isStopped);
    if (this.isStopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake(), Math.min(Math.max(due ?? pause.longest, pause.shortest), pause.longest));
  }

  /** A kind without a place is not asked for: an attempt that ends, or is slow, looks again. */
  private async nextDueMs(): Promise<number | null> {
    const asked = kinds.map((kind) => (this.places(kind) > 0 ? this.parts.queue.nextDueMs(this.wanted(kind)) : null));
    const due = (await Promise.all(asked)).filter((ms) => ms !== null);
    return due.length === 0 ? null : Math.min(...due);
  }

  private async look(kind: Kind): Promise<void> {
    while (this.again[kind] && !this.isStopped) {
      this.again[kind] = false;
      const places = this.places(kind);
      if (places <= 0) return; // an attempt that ends, or is slow, looks again
      const taken = await this.parts.queue.take(this.wanted(kind), places).catch((error: unknown) => this.failed(error));
      for (const due of taken) this.begin(kind, due);
    }
  }

  private ofKind(wanted: Kind): readonly InHand[] {
    return [...this.inHand].filter(({ kind }) => kind === wanted);
  }

  /** How many attempts more there may be; those that are slow have left their places. */
  private places(kind: Kind): number {
    const attempts = this.ofKind(kind);
    return rooms[kind].inAll - (attempts.length - Math.min(attempts.filter(({ isSlow }) => isSlow).length, slow.most));
  }

  private wanted(kind: Kind): Wanted {
    const forOwners = this.ofKind(kind).map(({ ownerId }) => ownerId);
    const atEndpoints = [...this.inHand].map(({ endpointId }) => endpointId); // of both kinds: one that has just failed has attempts in hand as a fit one
    return { isFit: kind === 'fit', room: rooms[kind], atEndpoints, forOwners };
  }

  private begin(kind: Kind, due: DueDelivery): void {
    const held: InHand = { kind, endpointId: due.endpointId, ownerId: due.ownerId, isSlow: false };
    this.inHand.add(held);
    const leave = (): void => ((held.isSlow = true), this.wake());
    const leaving = kind === 'fit' ? setTimeout(leave, slow.afterMs) : undefined;
    const attempt = this.attempt(due)
      .catch((error: unknown) => void this.failed(error))
      .finally(() => {
        clearTimeout(leaving);
        this.inHand.delete(held);
        this.attempts.delete(attempt);
        this.wake();
      });
    this.attempts.add(attempt);
  }

  private async attempt(due: DueDelivery): Promise<void> {
    const { queue, sender, now, random = Math.random } = this.parts;
    const attempt = await sender.send(due.url, {
      id: toPublicId('webhookDelivery', due.id),
      at: now(),
      payload: due.payload,
      secrets: due.secrets,
    });
    await queue.settle(due, attempt, judge(attempt, { ...due, chance: random() }));
  }

  private failed(error: unknown): readonly DueDelivery[] {
    this.parts.logger.warn({ err: error }, 'webhooks could not be looked after; trying again');
    return [];
  }
}
