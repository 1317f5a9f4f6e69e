import type { Problem } from '@tandem/contracts';
import type { OrderId } from '@tandem/kernel';
import type { Answer, CheckoutCommand, CheckoutStore } from '../domain/checkout.js';
import type { Order } from '../domain/order.js';
import type { DriveCheckouts } from './drive-checkouts.js';

/** What a checkout request is answered with. */
export type CheckoutReply =
  | { readonly kind: 'ordered'; readonly order: Order }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'replayed'; readonly answer: Answer; readonly requestId: string }
  | { readonly kind: 'in-flight' | 'reused' | 'overloaded' }
  /** It goes on by itself: the same key gets the end. */
  | { readonly kind: 'unfinished' };

export type CheckoutRequest = { readonly key: string; readonly requestHash: Uint8Array; readonly command: CheckoutCommand };

/** Turns a cart into an order, once per key. A repeat gets the answer of the first, byte for byte. */
export class Checkout {
  constructor(
    private readonly store: CheckoutStore,
    private readonly drive: DriveCheckouts,
    private readonly limits: {
      readonly inFlight: number;
      readonly newOrderId: () => OrderId;
      readonly onAsked: (isRefused: boolean) => void;
    },
  ) {}

  async run(request: CheckoutRequest): Promise<CheckoutReply> {
    // Only a new key needs room; whoever asks again for an end gets it.
    const hasRoom = this.drive.running().length < this.limits.inFlight;
    const orderId = this.limits.newOrderId();
    return this.drive.holding(orderId, async () => {
      const claiming = await this.store.claim({ ...request, orderId, hasRoom });
      if (claiming.kind === 'claimed' || claiming.kind === 'overloaded') this.limits.onAsked(claiming.kind === 'overloaded');
      if (claiming.kind === 'answered') return { ...claiming, kind: 'replayed' };
      if (claiming.kind !== 'claimed') return claiming;
      const outcome = request.command.respondAsync ? await this.drive.runBehind(claiming.claim) : await this.drive.run(claiming.claim);
      switch (outcome.kind) {
        case 'confirmed':
        case 'accepted':
        case 'placed':
          return { kind: 'ordered', order: outcome.order };
        case 'refused':
          return outcome;
        case 'lost':
        case 'waiting':
          return { kind: 'unfinished' };
      }
    });
  }
}
