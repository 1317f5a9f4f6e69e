import { ShipmentDeliveredV1, ShipmentDispatchedV1, ShipmentVoidedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Outbox } from '@tandem/messaging';
import type { Carrier } from '../domain/carrier.js';
import { type ParcelLabel, type Shipment, statusOf, stop } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';

/** Gives the labels of an order that is cancelled, or refunded before it left, back to the carrier. Safe to repeat; an order without a label stays without one. */
export class VoidLabel {
  constructor(
    private readonly shipments: ShipmentStore,
    private readonly carrier: Carrier,
    private readonly outbox: Outbox,
    private readonly now: Now,
  ) {}

  async run(tx: Tx, orderId: string): Promise<Handled> {
    const shipment = await this.shipments.lockByOrder(tx, orderId);
    return shipment ? this.takeBack(tx, shipment, () => Promise.resolve()) : ignored('no-shipment');
  }

  /** A parcel that has left goes on, and is followed on: nobody asked shipping before the money went back. The others' labels go back, whoever said first that it left. */
  async ofRefunded(tx: Tx, orderId: string): Promise<Handled> {
    const shipment = await this.shipments.lockByOrder(tx, orderId);
    if (!shipment) return ignored('no-shipment');
    if (stop(shipment) === 'dispatched') return this.takeRestBack(shipment);
    return this.takeBack(tx, shipment, (settling) => this.shipments.letGo(settling, shipment.id));
  }

  private async takeBack(tx: Tx, shipment: Shipment, onDispatched: (settling: Tx) => Promise<void>): Promise<Handled> {
    await this.shipments.stop(tx, shipment.id);
    const begun = shipment.drafts.filter((draft) => draft !== null);
    if (shipment.status === 'planned' && begun.length > 0) return this.takeDraftsBack(begun);
    if (shipment.status !== 'created') return ignored(`shipment-${shipment.status}`);
    return effect(
      () => this.voidEach(shipment.labels),
      async (settling, labels) => {
        const status = statusOf(labels);
        if (labels.some((label) => label.status === 'voided'))
          await this.shipments.move(settling, shipment.id, { status, labels, at: this.now() });
        if (status === 'voided') return this.tell(settling, shipment);
        await onDispatched(settling);
        return ignored('dispatched');
      },
    );
  }

  /** Of a shipment that is not stopped: news of what has left is taken in meanwhile. */
  private takeRestBack({ orderId, labels: known }: Shipment): Handled {
    const waiting = known.filter(({ status }) => status === 'created');
    if (waiting.length === 0) return ignored('dispatched');
    return effect(
      () => this.voidEach(waiting),
      async (settling, asked) => {
        const shipment = await this.shipments.lockByOrder(settling, orderId);
        const isVoided = ({ labelId, status }: ParcelLabel): boolean =>
          status === 'created' && asked.some((label) => label.labelId === labelId && label.status === 'voided');
        if (shipment?.labels.some(isVoided)) await this.leaveOut(settling, shipment, isVoided);
        return ignored('dispatched');
      },
    );
  }

  /** What is left may have been waiting for those that are out now: then it is told how far the shipment is. */
  private async leaveOut(tx: Tx, shipment: Shipment, isVoided: (label: ParcelLabel) => boolean): Promise<void> {
    const labels = shipment.labels.map((label): ParcelLabel => (isVoided(label) ? { ...label, status: 'voided' } : label));
    const status = statusOf(labels);
    await this.shipments.move(tx, shipment.id, { status, labels, at: this.now() });
    const waited = labels.find((label) => label.status === status);
    if (status === shipment.status || !waited) return;
    const facts = { ...this.factsOf(shipment), trackingCode: waited.trackingCode, isLast: true };
    if (status === 'in-transit') await this.outbox.enqueue(tx, ShipmentDispatchedV1, facts);
    if (status === 'delivered') await this.outbox.enqueue(tx, ShipmentDeliveredV1, facts);
  }

  /** The labels as they are afterwards; what has left stays as it was. */
  private async voidEach(labels: readonly ParcelLabel[]): Promise<readonly ParcelLabel[]> {
    const after: ParcelLabel[] = [];
    for (const label of labels) {
      const isVoided = label.status === 'voided' || (await this.carrier.voidLabel(label.labelId)) === 'voided';
      after.push(isVoided ? { ...label, status: 'voided' } : label);
    }
    return after;
  }

  /** What was begun may have been paid, with its yes lost or its label to come: nobody will ask for that label any more. */
  private takeDraftsBack(draftIds: readonly string[]): Handled {
    return effect(
      async () => {
        for (const draftId of draftIds) await this.carrier.voidLabel(draftId);
      },
      () => Promise.resolve(ignored('shipment-planned')),
    );
  }

  private async tell(tx: Tx, shipment: Shipment) {
    await this.outbox.enqueue(tx, ShipmentVoidedV1, this.factsOf(shipment));
    return done;
  }

  private factsOf({ id, orderId, carrier, labels }: Shipment) {
    return {
      orderId: toPublicId('order', orderId),
      shipmentId: toPublicId('shipment', id),
      carrier: carrier ?? this.carrier.name,
      trackingCode: labels[0]?.trackingCode ?? '',
      at: this.now().toISOString(),
    };
  }
}
