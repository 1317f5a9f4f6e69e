import type { Database, Tx } from '@tandem/kernel';
import type { Reservations, TakenPart } from '../domain/ports.js';
import { taking } from '../domain/reservation.js';
import type { AnnounceStock } from './announce-stock.js';

/** `parts`: all of them when one comes from elsewhere than the default location, else none. */
export type Taking = { readonly kind: 'taken'; readonly parts: readonly TakenPart[] } | { readonly kind: 'expired' };

/** Long enough to be taken in the same transaction. */
const momentSeconds = 1;

/** Turns what an order holds into sold units. Asking again changes nothing; an expired hold is renewed when stock allows. */
export class TakeStock {
  constructor(
    private readonly database: Database,
    private readonly reservations: Reservations,
    private readonly announce: AnnounceStock,
  ) {}

  async run(orderId: string): Promise<Taking> {
    const parts = await this.reservations.take(orderId);
    if (parts) return { kind: 'taken', parts };
    return this.database.transaction((tx) => this.otherwise(tx, orderId));
  }

  private async otherwise(tx: Tx, orderId: string): Promise<Taking> {
    const state = await this.reservations.stateOf(tx, orderId);
    switch (taking(state)) {
      case 'stands':
        return { kind: 'taken', parts: await this.reservations.partsOf(tx, orderId) };
      case 'refuse':
        return { kind: 'expired' };
      case 'hold-again': {
        const outcome = await this.reservations.holdAgain(tx, orderId, momentSeconds);
        if (outcome.kind === 'short') return { kind: 'expired' };
        await this.announce.crossings(tx, outcome.changes);
        break;
      }
      case 'take':
        break;
    }
    return { kind: 'taken', parts: (await this.reservations.take(orderId, tx)) ?? [] };
  }
}
