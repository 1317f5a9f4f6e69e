import { ShipmentVoidedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Outbox } from '@tandem/messaging';
import type { Carrier } from '../domain/carrier.js';
import { type Shipment, stop } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';

/** Gives the label of an order that is cancelled, or refunded before it left, back to the carrier. Safe to repeat; an order without a label stays without one. */
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

  /** A parcel that has left goes on, and is followed on: nobody asked shipping before the money went back. */
  async ofRefunded(tx: Tx, orderId: string): Promise<Handled> {
    const shipment = await this.shipments.lockByOrder(tx, orderId);
    if (!shipment) return ignored('no-shipment');
    if (stop(shipment) === 'dispatched') return ignored('dispatched');
    return this.takeBack(tx, shipment, (settling) => this.shipments.letGo(settling, shipment.id));
  }

  private async takeBack(tx: Tx, shipment: Shipment, onDispatched: (settling: Tx) => Promise<void>): Promise<Handled> {
    await this.shipments.stop(tx, shipment.id);
    const { labelId, draftId } = shipment;
    if (shipment.status === 'planned' && draftId !== null) return this.takeDraftBack(draftId);
    if (shipment.status !== 'created' || labelId === null) return ignored(`shipment-${shipment.status}`);
    return effect(
      () => this.carrier.voidLabel(labelId),
      async (settling, answer) => {
        if (answer === 'voided') return this.settle(settling, shipment);
        await onDispatched(settling);
        return ignored('dispatched');
      },
    );
  }

  /** What was begun may have been paid, with its yes lost or its label to come: nobody will ask for that label any more. */
  private takeDraftBack(draftId: string): Handled {
    return effect(
      () => this.carrier.voidLabel(draftId),
      () => Promise.resolve(ignored('shipment-planned')),
    );
  }

  private async settle(tx: Tx, { id, orderId, carrier, trackingCode }: Shipment) {
    const at = this.now();
    await this.shipments.move(tx, id, 'voided', at);
    const parcel = { carrier: carrier ?? this.carrier.name, trackingCode: trackingCode ?? '' };
    await this.outbox.enqueue(tx, ShipmentVoidedV1, {
      orderId: toPublicId('order', orderId),
      shipmentId: toPublicId('shipment', id),
      ...parcel,
      at: at.toISOString(),
    });
    return done;
  }
}
