import type { Tx } from '@tandem/kernel';
import type { Label } from './carrier.js';
import type { Movement, ParcelPlan, Shipment } from './shipment.js';

/** Shipments; one per order. Every write in `tx` commits with the message or request that caused it. */
export type ShipmentStore = {
  /** Locks the order's shipment, made when there is none; fills in the owner when only a stop was known. */
  plan(
    tx: Tx,
    order: { readonly orderId: string; readonly ownerId: string | null; readonly parcels: readonly ParcelPlan[] },
  ): Promise<Shipment>;
  lockByOrder(tx: Tx, orderId: string): Promise<Shipment | undefined>;
  /** Of that label, or still a draft of that id: its label is being bought. */
  lockByLabel(tx: Tx, carrier: string, labelId: string): Promise<Shipment | undefined>;
  /** The newest of several: carriers use codes again. */
  lockByTrackingCode(tx: Tx, carrier: string, trackingCode: string): Promise<Shipment | undefined>;
  stop(tx: Tx, shipmentId: string): Promise<void>;
  /** Takes a stop back: the parcel had left all the same. */
  letGo(tx: Tx, shipmentId: string): Promise<void>;
  label(
    tx: Tx,
    shipmentId: string,
    label: { readonly carrier: string; readonly labelId: string; readonly trackingCode: string; readonly at: Date },
  ): Promise<void>;
  /** Sets the status and adds a line to the tracking history. */
  move(tx: Tx, shipmentId: string, status: Movement | 'voided', at: Date): Promise<void>;
  /** Keeps what was begun at the carrier, the first of several; answers what is kept. Outside any transaction, as the carrier is asked there. */
  keepDraft(orderId: string, draftId: string): Promise<string>;
  /** Remembers why the carrier will never take an order. Outside any transaction: it must survive the message being given up. */
  refuse(orderId: string, because: string): Promise<void>;
  /** A shipment under way with the carrier that nothing was heard of for so long; counts as heard of from here on, so that no two ask. */
  takeSilent(carrier: string, silentMs: number): Promise<Label | undefined>;
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
