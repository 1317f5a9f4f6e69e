import type { Tx } from '@tandem/kernel';
import type { Label } from './carrier.js';
import type { ParcelLabel, ParcelPlan, Shipment, ShipmentStatus } from './shipment.js';

/** Shipments; one per order. Every write in `tx` commits with the message or request that caused it. */
export type ShipmentStore = {
  /** Locks the order's shipment, made when there is none; fills in the owner when only a stop was known. */
  plan(
    tx: Tx,
    order: { readonly orderId: string; readonly ownerId: string | null; readonly parcels: readonly ParcelPlan[] },
  ): Promise<Shipment>;
  lockByOrder(tx: Tx, orderId: string): Promise<Shipment | undefined>;
  /** The one that label is of, or still a draft of that id: its labels are being bought. */
  lockByLabel(tx: Tx, carrier: string, labelId: string): Promise<Shipment | undefined>;
  /** The newest of several: carriers use codes again. */
  lockByTrackingCode(tx: Tx, carrier: string, trackingCode: string): Promise<Shipment | undefined>;
  stop(tx: Tx, shipmentId: string): Promise<void>;
  /** Takes a stop back: the parcel had left all the same. News of it was not taken in since, so it counts as silent for long. */
  letGo(tx: Tx, shipmentId: string): Promise<void>;
  /** Keeps what was bought: the shipment is `created`. */
  label(
    tx: Tx,
    shipmentId: string,
    bought: { readonly carrier: string; readonly labels: readonly Label[]; readonly estimatedDelivery: string | null; readonly at: Date },
  ): Promise<void>;
  /** Sets the labels and the status, and adds a line to the tracking history when the status is another. */
  move(
    tx: Tx,
    shipmentId: string,
    to: { readonly status: ShipmentStatus; readonly labels: readonly ParcelLabel[]; readonly at: Date },
  ): Promise<void>;
  /** Keeps what was begun at the carrier for the label of that place, the first of several; answers what is kept. Outside any transaction, as the carrier is asked there. */
  keepDraft(orderId: string, place: number, draftId: string): Promise<string>;
  /** Remembers why the carrier will never take an order. Outside any transaction: it must survive the message being given up. */
  refuse(orderId: string, because: string): Promise<void>;
  /** The labels of a shipment under way with the carrier that nothing was heard of for so long; counts as heard of from here on, so that no two ask. */
  takeSilent(carrier: string, silentMs: number): Promise<readonly ParcelLabel[] | undefined>;
  /** False when the webhook was taken in before. */
  takeWebhook(tx: Tx, webhookId: string): Promise<boolean>;
};

export type Tracked = Shipment & { readonly history: readonly { readonly status: string; readonly at: Date }[] };

/** Reading, for pages. */
export type Shipments = {
  ofOrder(orderId: string): Promise<readonly Tracked[]>;
  byId(id: string): Promise<Tracked | undefined>;
  /** The newest of several. */
  byTrackingCode(trackingCode: string): Promise<Tracked | undefined>;
};
