import { ShipmentVoidedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Outbox } from '@tandem/messaging';
import type { Carrier } from '../domain/carrier.js';
import type { Shipment } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';

/** Gives the label of a cancelled order back to the carrier. Safe to repeat; an order without a label stays without one. */
export class VoidLabel {
  constructor(private readonly shipments: ShipmentStore, private readonly carrier: Carrier, private readonly outbox: Outbox, private readonly now: Now) {}

  async run(tx: Tx, orderId: string): Promise<Handled> {
    const shipment = await this.shipments.lockByOrder(tx, orderId);
    if (!shipment) return ignored('no-shipment');
    await this.shipments.stop(tx, shipment.id);
    const { labelId } = shipment;
    if (shipment.status !== 'created' || labelId === null) return ignored(`shipment-${shipment.status}`);
    return effect(
      () => this.carrier.voidLabel(labelId),
      (settling, answer) => (answer === 'voided' ? this.settle(settling, shipment) : Promise.resolve(ignored('dispatched'))),
    );
  }

  private async settle(tx: Tx, { id, orderId, carrier, trackingCode }: Shipment) {
    const at = this.now();
    await this.shipments.move(tx, id, 'voided', at);
    const parcel = { carrier: carrier ?? this.carrier.name, trackingCode: trackingCode ?? '' };
    await this.outbox.enqueue(tx, ShipmentVoidedV1, { orderId: toPublicId('order', orderId), shipmentId: toPublicId('shipment', id), ...parcel, at: at.toISOString() });
    return done;
  }
}
