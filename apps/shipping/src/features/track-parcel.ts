import { ShipmentDeliveredV1, ShipmentDispatchedV1, ShipmentLostV1, ShipmentReturnedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { ParcelNews } from '../domain/carrier-news.js';
import { haveLeft, move, type Moving, type Shipment } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';

export type Report = ParcelNews & { readonly webhookId: string; readonly carrier: string };
/** `not-ours`: never will be, somebody else bought its label. `unknown-parcel`: its label may be ours, bought this moment. */
export type Tracking = { readonly kind: 'moved' | 'unchanged' | 'repeated' | 'unknown-parcel' | 'not-ours' };

/**
 * Takes a carrier's report in, once per webhook id, in any order. One of a parcel that is not known (yet) is not remembered: the carrier tells again. Nor is one of a
 * shipment that is stopped: its stop may be taken back, and then the same report moves it.
 */
export class TrackParcel {
  constructor(
    private readonly database: Database,
    private readonly shipments: ShipmentStore,
    private readonly outbox: Outbox,
  ) {}

  async run(report: Report): Promise<Tracking> {
    return this.database.transaction(async (tx) => {
      const shipment = await this.locked(tx, report);
      if (shipment?.status === 'planned') return { kind: 'unknown-parcel' };
      if (!shipment) return { kind: report.labelId === undefined ? 'unknown-parcel' : 'not-ours' };
      const moving = move(shipment, { ...report, movement: report.status });
      if (moving.kind === 'unchanged' && moving.because === 'stopped') return { kind: 'unchanged' };
      if (!(await this.shipments.takeWebhook(tx, report.webhookId))) return { kind: 'repeated' };
      if (moving.kind === 'unchanged') return { kind: 'unchanged' };
      await this.shipments.move(tx, shipment.id, { ...moving, at: report.at });
      await this.tell(tx, shipment, moving, report);
      return { kind: 'moved' };
    });
  }

  private locked(tx: Tx, { carrier, labelId, trackingCode }: Report): Promise<Shipment | undefined> {
    return labelId === undefined
      ? this.shipments.lockByTrackingCode(tx, carrier, trackingCode)
      : this.shipments.lockByLabel(tx, carrier, labelId);
  }

  /** Every parcel's own news; the last one to leave, or to arrive, says so for the order. */
  private async tell(tx: Tx, shipment: Shipment, { label, labels, status }: Moved, { status: movement, at }: Report): Promise<void> {
    const hasArrived = status === 'delivered' && shipment.status !== 'delivered';
    const wasLastToLeave = haveLeft(labels) && !haveLeft(shipment.labels);
    const facts = {
      orderId: toPublicId('order', shipment.orderId),
      shipmentId: toPublicId('shipment', shipment.id),
      carrier: shipment.carrier ?? '',
      trackingCode: label.trackingCode,
      at: at.toISOString(),
    };
    // One that is delivered, or goes astray, before anybody said it had left may be the last to leave.
    if (movement === 'in-transit' || (wasLastToLeave && !hasArrived))
      await this.outbox.enqueue(tx, ShipmentDispatchedV1, { ...facts, isLast: wasLastToLeave });
    if (movement === 'delivered') await this.outbox.enqueue(tx, ShipmentDeliveredV1, { ...facts, isLast: hasArrived });
    if (movement === 'lost') await this.outbox.enqueue(tx, ShipmentLostV1, facts);
    if (movement === 'returned') await this.outbox.enqueue(tx, ShipmentReturnedV1, facts);
  }
}

type Moved = Extract<Moving, { kind: 'moved' }>;
