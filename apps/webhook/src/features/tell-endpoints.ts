import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored } from '@tandem/messaging';
import type { EventType } from '../domain/endpoint.js';
import type { DeliveryQueue } from '../domain/ports.js';

export type Telling = {
  readonly eventId: string;
  readonly event: EventType;
  /** UUIDs. `ownerId` is null where the event does not say. */
  readonly orderId: string;
  readonly ownerId: string | null;
  readonly isGuest: boolean;
  readonly at: string;
  /** What the owner is told; the same bytes on every attempt. */
  readonly data: Readonly<Record<string, unknown>>;
};

/** Owes an event to every endpoint of the order's owner that wants it. Safe to repeat: one per endpoint and event. */
export class TellEndpoints {
  constructor(private readonly queue: Pick<DeliveryQueue, 'plan'>) {}

  async run(tx: Tx, { eventId, event, orderId, ownerId, isGuest, at, data }: Telling): Promise<Handled> {
    const payload = JSON.stringify({ type: event, timestamp: at, data });
    return (await this.queue.plan(tx, { eventId, event, orderId, ownerId, isGuest, payload })) > 0 ? done : ignored('nobody-asked');
  }
}
