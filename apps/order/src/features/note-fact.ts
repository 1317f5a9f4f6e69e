import { done, type Handled, ignored, type Message } from '@tandem/messaging';
import type { OrderId, Tx } from '@tandem/kernel';
import type { Order } from '../domain/order.js';
import type { HistoryLine, OrderChange, OrderStore } from '../domain/order-store.js';

/** What a foreign fact means for an order: its line of history, what it changes, and the order's own facts that follow from it. */
export type Meaning = { readonly data: Readonly<Record<string, unknown>>; readonly change?: OrderChange; readonly follows?: readonly HistoryLine[] };

/** Writes what other services tell of an order into its history, once per event, under the order's lock. */
export class NoteFact {
  constructor(private readonly orders: OrderStore) {}

  /** Of a fact that no decision hangs on: `data` is its line, `points` what it adds to those the order has earned. */
  async plainly<Event extends { readonly orderId: string; readonly at: string }>(tx: Tx, message: Message<Event>, { data, points = 0 }: { data: Meaning['data']; points?: number }): Promise<Handled> {
    const line = { type: typeOf(message), at: new Date(message.data.at), data, sourceEventId: message.id };
    if (await this.orders.note(tx, message.data.orderId as OrderId, { line, points })) return done;
    return ignored((await this.orders.lock(tx, message.data.orderId as OrderId)) ? 'known already' : 'unknown order');
  }

  /** `meaning` decides from the locked order. The line's type is the event's without its version. */
  async run<Event extends { readonly orderId: string; readonly at: string }>(tx: Tx, message: Message<Event>, meaning: (event: Event, order: Order) => Meaning): Promise<Handled> {
    const event = message.data;
    const locked = await this.orders.lock(tx, event.orderId as OrderId, message.id);
    if (!locked) return ignored('unknown order');
    if (locked.isKnown) return ignored('known already');
    const meant = meaning(event, locked.order);
    const line: HistoryLine = { type: typeOf(message), at: new Date(event.at), data: meant.data, sourceEventId: message.id };
    await this.orders.record(tx, locked.order, { lines: [line, ...(meant.follows ?? [])], change: meant.change ?? {} });
    return done;
  }
}

function typeOf({ type }: Message): string {
  return type.replace(/\.v\d+$/, '');
}
