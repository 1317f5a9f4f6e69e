import { ShipmentCreatedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Outbox, poison } from '@tandem/messaging';
import type { Carrier, LabelAnswer, LabelOrder } from '../domain/carrier.js';
import type { ParcelPlan, Shipment } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';

export type LabelCommand = {
  readonly orderId: string;
  readonly ownerId: string;
  readonly service: string;
  readonly shippingAddress: object;
  readonly parcels: readonly ParcelPlan[];
};

/**
 * Buys the label of a confirmed order: plan the shipment, ask the carrier by the order's own key, settle what it answered. Safe to repeat at
 * every step. An order that was stopped before is left alone; one the carrier will never take is poison.
 */
export class BuyLabel {
  constructor(
    private readonly shipments: ShipmentStore,
    private readonly carrier: Carrier,
    private readonly outbox: Outbox,
    private readonly now: Now,
  ) {}

  async run(tx: Tx, { orderId, ownerId, service, shippingAddress, parcels }: LabelCommand): Promise<Handled> {
    const shipment = await this.shipments.plan(tx, { orderId, ownerId, parcels });
    if (shipment.isStopped) return ignored('stopped');
    if (shipment.status !== 'planned') return ignored('label-bought-already');
    const publicId = toPublicId('order', orderId);
    const label = { key: publicId, orderId: publicId, service, shippingAddress, parcels: shipment.parcels };
    return effect(
      () => this.ask(shipment, label),
      (settling, answer) => this.settle(settling, shipment, answer),
    );
  }

  private async ask({ orderId, draftId }: Shipment, label: LabelOrder): Promise<LabelAnswer> {
    const answer = await this.carrier.buyLabel(label, { kept: draftId, keep: (begun) => this.shipments.keepDraft(orderId, begun) });
    if (answer.kind === 'refused') await this.shipments.refuse(orderId, answer.because);
    return answer;
  }

  private async settle(tx: Tx, { id, orderId, parcels }: Shipment, answer: LabelAnswer) {
    if (answer.kind === 'refused') return poison(answer.because);
    const at = this.now();
    const { labelId, trackingCode } = answer;
    await this.shipments.label(tx, id, { carrier: this.carrier.name, labelId, trackingCode, at });
    await this.outbox.enqueue(tx, ShipmentCreatedV1, {
      orderId: toPublicId('order', orderId),
      shipmentId: toPublicId('shipment', id),
      carrier: this.carrier.name,
      trackingCode,
      parcels: parcels.length,
      at: at.toISOString(),
    });
    return done;
  }
}
