import type { Shipments, Tracked } from '../domain/shipment-store.js';

/** Shipments with their tracking history, once they have a label. */
export class ReadShipments implements Shipments {
  constructor(private readonly shipments: Shipments) {}

  ofOrder(orderId: string): Promise<readonly Tracked[]> {
    return this.shipments.ofOrder(orderId);
  }

  byId(id: string): Promise<Tracked | undefined> {
    return this.shipments.byId(id);
  }

  byTrackingCode(trackingCode: string): Promise<Tracked | undefined> {
    return this.shipments.byTrackingCode(trackingCode);
  }
}
