import { newUuid } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import { type Cart, merge } from '../domain/cart.js';
import type { CartStore, OnBehalf, Stock } from '../domain/ports.js';
import { type CartView, StaleView, untilFresh } from './cart-view.js';

/** Who signed in, and the guest that was before (UUIDs). */
export type Adoption = { readonly guestId: string; readonly customerId: string };
type Merging = { readonly into: Cart; readonly from: Cart; readonly stock: ReadonlyMap<string, Stock> };

/**
 * A guest who signs in keeps the open carts under their ids. Into the newest of them goes what the customer had left in a cart of the same
 * currency, the newest that is not empty; that cart ends. All in one transaction. Asking again changes nothing.
 */
export class AdoptCart {
  constructor(
    private readonly database: Database,
    private readonly carts: CartStore,
    private readonly view: CartView,
  ) {}

  async run(adoption: Adoption, call: OnBehalf): Promise<void> {
    if (adoption.guestId === adoption.customerId) return;
    await untilFresh(() => this.attempt(adoption, call));
  }

  private async attempt({ guestId, customerId }: Adoption, call: OnBehalf): Promise<void> {
    const [into] = await this.carts.openOf(guestId);
    if (!into) return;
    const from = (await this.carts.openOf(customerId)).find(({ currency, lines }) => currency === into.currency && lines.length > 0);
    // Only a merge needs inventory: without one, nobody waits at the door because inventory is away.
    const stock = from
      ? await this.view.stockOf(
          from.lines.map(({ variantId }) => variantId),
          call,
        )
      : null;
    await this.database.transaction(async (tx) => {
      if (from && stock) await this.merge(tx, guestId, { into, from, stock });
      await this.carts.handOver(tx, guestId, customerId);
    });
  }

  private async merge(tx: Tx, guestId: string, seen: Merging): Promise<void> {
    const into = await this.carts.lock(tx, seen.into.id, seen.into);
    const from = await this.carts.lock(tx, seen.from.id, seen.from);
    if (into?.ownerId !== guestId || into.status !== 'open' || from?.version !== seen.from.version) throw new StaleView();
    await this.carts.putLines(
      tx,
      into.id,
      merge(into, from, (variantId) => seen.stock.get(variantId)?.available ?? 0, newUuid),
    );
    await this.carts.remove(tx, from.id);
  }
}
