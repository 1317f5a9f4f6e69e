import { type Caller, once, type Scope } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import { defaultLocation } from '../domain/allocation.js';
import type { Correction, Locations, StockBook } from '../domain/ports.js';
import { availableOf, mostOnHand, type StockLevel } from '../domain/stock.js';
import type { AnnounceStock } from './announce-stock.js';

export type AdjustStockCommand = Correction;
export type Adjustment =
  | { readonly kind: 'adjusted'; readonly level: StockLevel }
  /** What is there, at that location. */
  | { readonly kind: 'stock-would-be-negative'; readonly onHand: number; readonly reserved: number }
  | { readonly kind: 'unknown-variant' | 'unknown-location' | 'seated' | 'too-much' };
export type Asked<Reply> = {
  readonly caller: Caller;
  readonly scope: Scope | undefined;
  /** Makes the reply that a repeat of the key gets again; a throw is a refusal and leaves the key free. */
  readonly answer: (outcome: Adjustment) => Reply;
};

/**
 * Corrects the units on hand at a location by hand, once per idempotency key. What is reserved is promised and cannot be taken away. Numbered
 * units are as many as there are numbers.
 */
export class AdjustStock {
  constructor(
    private readonly database: Database,
    private readonly stock: StockBook,
    private readonly locations: Locations,
    private readonly announce: AnnounceStock,
  ) {}

  run<Reply>(command: AdjustStockCommand, { caller, scope, answer }: Asked<Reply>): Promise<Reply> {
    return once(this.database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => answer(await this.adjust(tx, command)),
    });
  }

  private async adjust(tx: Tx, command: AdjustStockCommand): Promise<Adjustment> {
    if (command.locationId !== defaultLocation && !(await this.locations.has(tx, command.locationId))) return { kind: 'unknown-location' };
    const level = await this.stock.adjust(tx, command);
    if (!level) return this.whyNot(tx, command);
    const { variantId, onHand } = level;
    await this.announce.adjusted(tx, { variantId, onHand, available: availableOf(level), rise: command.quantity });
    return { kind: 'adjusted', level };
  }

  private async whyNot(tx: Tx, { variantId, locationId, quantity }: AdjustStockCommand): Promise<Adjustment> {
    const known = await this.stock.levelAt(tx, variantId, defaultLocation);
    if (!known) return { kind: 'unknown-variant' };
    if (known.seated) return { kind: 'seated' };
    const level = await this.stock.levelAt(tx, variantId, locationId);
    const { onHand, reserved } = level ?? { onHand: 0, reserved: 0 };
    return onHand + quantity > mostOnHand ? { kind: 'too-much' } : { kind: 'stock-would-be-negative', onHand, reserved };
  }
}
