import { type Caller, once, type Scope } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import type { StockBook } from '../domain/ports.js';
import { availableOf, mostOnHand, type StockLevel } from '../domain/stock.js';
import type { AnnounceStock } from './announce-stock.js';

export type AdjustStockCommand = { readonly variantId: string; readonly quantity: number; readonly reason: string; readonly causeId: string };
export type Adjustment = { readonly kind: 'adjusted'; readonly level: StockLevel } | { readonly kind: 'unknown-variant' | 'stock-would-be-negative' | 'too-much' };
export type Asked<Reply> = {
  readonly caller: Caller;
  readonly scope: Scope | undefined;
  /** Makes the reply that a repeat of the key gets again; a throw is a refusal and leaves the key free. */
  readonly answer: (outcome: Adjustment) => Reply;
};

/** Corrects the units on hand by hand, once per idempotency key. What is reserved is promised and cannot be taken away. */
export class AdjustStock {
  constructor(
    private readonly database: Database,
    private readonly stock: StockBook,
    private readonly announce: AnnounceStock,
  ) {}

  run<Reply>(command: AdjustStockCommand, { caller, scope, answer }: Asked<Reply>): Promise<Reply> {
    return once(this.database, caller, scope, { prepare: () => Promise.resolve(), run: async (tx) => answer(await this.adjust(tx, command)) });
  }

  private async adjust(tx: Tx, command: AdjustStockCommand): Promise<Adjustment> {
    const level = await this.stock.adjust(tx, command);
    if (!level) return this.whyNot(tx, command);
    await this.announce.adjusted(tx, { variantId: level.variantId, onHand: level.onHand, available: availableOf(level) });
    return { kind: 'adjusted', level };
  }

  private async whyNot(tx: Tx, { variantId, quantity }: AdjustStockCommand): Promise<Adjustment> {
    const level = await this.stock.levelOf(tx, variantId);
    if (!level) return { kind: 'unknown-variant' };
    return { kind: level.onHand + quantity > mostOnHand ? 'too-much' : 'stock-would-be-negative' };
  }
}
