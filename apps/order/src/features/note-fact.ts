import { factOf, type OrderId, type Tx } from '@tandem/kernel';
import { done, type Handled, ignored, type Message } from '@tandem/messaging';
import type { Order } from '../domain/order.js';
import type { HistoryLine, OrderChange, OrderStore } from '../domain/order-store.js';
import type { ToldBefore } from '../domain/shipment-facts.js';

/** What a foreign fact means for an order: its line of history, what it changes, and the order's own facts that follow from it. */
export type Meaning = {
  readonly data: Readonly<Record<string, unknown>>;
  readonly change?: OrderChange;
  readonly follows?: readonly HistoryLine[];
};

type Noted = { readonly orderId: string; readonly at: string };

/** Writes what other services tell of an order into its history, once per event, under the order's lock. */
export class NoteFact {
  constructor(private readonly orders: OrderStore) {}

  /** Of facts that no decision hangs on, each of another order: what they add to its history, and to the points it has earned. */
  async plainly<Event extends Noted>(
    tx: Tx,
    messages: readonly Message<Event>[],
    noteOf: (event: Event) => { readonly data: Meaning['data']; readonly points?: number },
  ): Promise<Handled> {
    const facts = messages.map((message) => {
      const { data, points = 0 } = noteOf(message.data);
      return {
        orderId: message.data.orderId as OrderId,
        line: { type: factOf(message.type), at: new Date(message.data.at), data, sourceEventId: message.id },
        points,
      };
    });
    return (await this.orders.note(tx, facts)) > 0 ? done : ignored('unknown order, or known already');
  }

  /** `meaning` decides from the locked order. The line's type is the event's without its version. */
  run<Event extends Noted>(tx: Tx, message: Message<Event>, meaning: (event: Event, order: Order) => Meaning): Promise<Handled> {
    return this.noted(tx, message, (order) => Promise.resolve(meaning(message.data, order)));
  }

  /** The same of a fact of a shipment that hangs on what was told of it `before`. */
  runAfter<Event extends Noted & { readonly shipmentId: string }>(
    tx: Tx,
    message: Message<Event>,
    meaning: (event: Event, order: Order, before: readonly ToldBefore[]) => Meaning,
  ): Promise<Handled> {
    const { data: event } = message;
    return this.noted(tx, message, async (order) => meaning(event, order, await this.orders.toldOf(tx, order.id, event.shipmentId)));
  }

  private async noted(tx: Tx, message: Message<Noted>, meaning: (order: Order) => Promise<Meaning>): Promise<Handled> {
    const event = message.data;
    const locked = await this.orders.lock(tx, event.orderId as OrderId, message.id);
    if (!locked) return ignored('unknown order');
    if (locked.isKnown) return ignored('known already');
    const meant = await meaning(locked.order);
    const line: HistoryLine = { type: factOf(message.type), at: new Date(event.at), data: meant.data, sourceEventId: message.id };
    await this.orders.record(tx, locked.order, { lines: [line, ...(meant.follows ?? [])], change: meant.change ?? {} });
    return done;
  }
}
