import { newUuid } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import { type Cart, merge } from '../domain/cart.js';
import type { CartStore } from '../domain/ports.js';
import type { CartView } from './cart-view.js';

/** A guest who signs in keeps its carts under their ids; the customer's own newest open cart of the same currency is merged into the newest of them. Repeatable. */
export class AdoptCart {
  constructor(private readonly database: Database, private readonly carts: CartStore, private readonly view: CartView) {}

  async run(guestId: string, customerId: string): Promise<void> {
    const [guests, own] = await Promise.all([this.carts.openOf(guestId), this.carts.openOf(customerId)]);
    const newest = guests[0];
    if (!newest || guestId === customerId) return;
    const older = own.find(({ currency }) => currency === newest.currency);
    const stock = await this.view.stockOf([...new Set([newest, ...(older ? [older] : [])].flatMap(({ lines }) => lines.map(({ variantId }) => variantId)))]);
    await this.database.transaction(async (tx) => {
      for (const { id } of guests) {
        const cart = await this.carts.lock(tx, id);
        if (cart?.ownerId !== guestId) continue; // adopted by another request meanwhile
        if (older && id === newest.id) await this.merge(tx, { into: cart, fromId: older.id, customerId, stock });
        await this.carts.hand(tx, id, customerId);
      }
    });
  }

  private async merge(tx: Tx, { into, fromId, customerId, stock }: { into: Cart; fromId: string; customerId: string; stock: ReadonlyMap<string, number> }): Promise<void> {
    const from = await this.carts.lock(tx, fromId);
    if (!from || from.ownerId !== customerId || from.status !== 'open') return;
    for (const line of merge(into, from, (variantId) => stock.get(variantId) ?? 0, newUuid)) await this.carts.putLine(tx, into.id, line);
    await this.carts.remove(tx, from.id);
  }
}
