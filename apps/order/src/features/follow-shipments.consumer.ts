import { Controller } from '@nestjs/common';
import {
  ShipmentCreatedV1,
  ShipmentDeliveredV1,
  ShipmentDispatchedV1,
  ShipmentLostV1,
  ShipmentReturnedV1,
  ShipmentVoidedV1,
} from '@tandem/contracts';
import type { ShipmentId, Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import type { Order, Shipment, ShipmentStatus } from '../domain/order.js';
import { isFurther, isNews, shipmentAfter, statusAfter, type ToldBefore } from '../domain/shipment-facts.js';
import { type Meaning, NoteFact } from './note-fact.js';

type ShipmentFact = {
  readonly orderId: string;
  readonly shipmentId: string;
  readonly carrier: string;
  readonly trackingCode: string;
  readonly trackingCodes?: readonly string[] | undefined;
  readonly estimatedDelivery?: string | undefined;
  readonly at: string;
};

/** Keeps an order's parcels, and turns the last one's dispatch and delivery into the order's own. */
@Controller()
export class FollowShipments {
  constructor(private readonly noteFact: NoteFact) {}

  @On(ShipmentCreatedV1)
  async created(_: ShipmentCreatedV1, tx: Tx, message: Message<ShipmentCreatedV1>): Promise<Handled> {
    return this.noteFact.run(tx, message, (fact, order) => shipmentMeaning(order, fact, 'created'));
  }

  @On(ShipmentDispatchedV1)
  async dispatched(_: ShipmentDispatchedV1, tx: Tx, message: Message<ShipmentDispatchedV1>): Promise<Handled> {
    return this.progress(tx, message, { shipment: 'in-transit', order: 'shipped' });
  }

  @On(ShipmentDeliveredV1)
  async delivered(_: ShipmentDeliveredV1, tx: Tx, message: Message<ShipmentDeliveredV1>): Promise<Handled> {
    return this.progress(tx, message, { shipment: 'delivered', order: 'delivered' });
  }

  @On(ShipmentLostV1)
  async lost(_: ShipmentLostV1, tx: Tx, message: Message<ShipmentLostV1>): Promise<Handled> {
    return this.noteFact.runAfter(tx, message, (fact, order, before) => astray({ order, before }, fact, 'lost'));
  }

  /** The order stays as it is: what becomes of the money is for staff to decide. */
  @On(ShipmentReturnedV1)
  async returned(_: ShipmentReturnedV1, tx: Tx, message: Message<ShipmentReturnedV1>): Promise<Handled> {
    return this.noteFact.runAfter(tx, message, (fact, order, before) => astray({ order, before }, fact, 'returned'));
  }

  @On(ShipmentVoidedV1)
  async voided(_: ShipmentVoidedV1, tx: Tx, message: Message<ShipmentVoidedV1>): Promise<Handled> {
    return this.noteFact.run(tx, message, (fact, order) => shipmentMeaning(order, fact, 'voided'));
  }

  private progress(
    tx: Tx,
    message: Message<ShipmentDispatchedV1 | ShipmentDeliveredV1>,
    to: { shipment: ShipmentStatus; order: 'shipped' | 'delivered' },
  ): Promise<Handled> {
    return this.noteFact.run(tx, message, (fact, order) => {
      const meant = shipmentMeaning(order, fact, to.shipment);
      if (!fact.isLast) return { data: meant.data }; // one parcel of several: the shipment waits for the others
      const status = statusAfter(order, to.order, fact.isLast);
      if (!status) return meant;
      return { ...meant, change: { ...meant.change, status }, follows: [{ type: `order.${status}`, at: new Date(fact.at), data: {} }] };
    });
  }
}

function shipmentMeaning(order: Order, told: ShipmentFact, status: ShipmentStatus): Meaning {
  const { shipmentId, carrier, trackingCode, estimatedDelivery } = told;
  const data = { shipmentId, carrier, trackingCode, ...(estimatedDelivery === undefined ? {} : { estimatedDelivery }) };
  return { data, change: { shipment: shipmentAfter(order, shipmentOf(told, status)) } };
}

type Known = { readonly order: Order; readonly before: readonly ToldBefore[] };

function astray({ order, before }: Known, told: ShipmentFact, status: 'lost' | 'returned'): Meaning {
  const meant = shipmentMeaning(order, told, status);
  const { trackingCode } = told;
  const parcel = { what: status, trackingCode };
  if (!isNews(order, parcel, before)) return meant;
  return { ...meant, change: { ...meant.change, astray: { status, trackingCode, isFurther: isFurther(parcel, before) } } };
}

function shipmentOf(
  { shipmentId, carrier, trackingCode, trackingCodes, estimatedDelivery }: ShipmentFact,
  status: ShipmentStatus,
): Shipment {
  const codes = trackingCodes === undefined ? {} : { trackingCodes };
  const day = estimatedDelivery === undefined ? {} : { estimatedDelivery };
  return { id: shipmentId as ShipmentId, status, carrier, trackingCode, ...codes, ...day };
}
