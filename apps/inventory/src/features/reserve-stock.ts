import type { Database, Tx } from '@tandem/kernel';
import type { Holding, Reservations, Wish } from '../domain/ports.js';
import { reservingAgain, type Shortage, shortagesOf } from '../domain/reservation.js';
import type { AnnounceStock } from './announce-stock.js';

export type ReserveStockCommand = Wish;
export type Reserving =
  | { readonly kind: 'reserved' }
  | { readonly kind: 'released' }
  | { readonly kind: 'out-of-stock'; readonly shortages: readonly Shortage[] };

/**
 * Holds all lines of an order or none. An order is its own key: asking again answers as before and lengthens the hold; after a shortage,
 * which leaves nothing behind, the stock of that moment decides.
 */
export class ReserveStock {
  constructor(
    private readonly database: Database,
    private readonly reservations: Reservations,
    private readonly announce: AnnounceStock,
  ) {}

  async run(command: ReserveStockCommand): Promise<Reserving> {
    const isNumbered = command.lines.some(({ seats }) => seats !== undefined);
    if (!isNumbered && (await this.reservations.holdOrdinarily(command))) return { kind: 'reserved' };
    return this.database.transaction(async (tx) => {
      const outcome = await this.reservations.hold(tx, command);
      return outcome.kind === 'known' ? this.again(tx, command) : this.settled(tx, command, outcome);
    });
  }

  private async again(tx: Tx, command: ReserveStockCommand): Promise<Reserving> {
    const state = await this.reservations.stateOrReleased(tx, command.orderId);
    switch (reservingAgain(state)) {
      case 'renew':
        await this.reservations.renew(tx, command.orderId, command.ttlSeconds);
        return { kind: 'reserved' };
      case 'stands':
        return { kind: 'reserved' };
      case 'hold-again':
        return this.settled(tx, command, await this.reservations.holdAgain(tx, command.orderId, command.ttlSeconds));
      case 'refuse':
        return { kind: 'released' };
    }
  }

  private async settled(tx: Tx, { lines }: ReserveStockCommand, outcome: Holding): Promise<Reserving> {
    if (outcome.kind === 'short') return { kind: 'out-of-stock', shortages: shortagesOf(lines, outcome.short) };
    await this.announce.crossings(tx, outcome.changes);
    return { kind: 'reserved' };
  }
}
