import type { Database } from '@tandem/kernel';
import { stop } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';

/** Keeps an order from leaving, also one that is not known yet; under the shipment's lock, so a dispatch and a stop have one winner. Repeatable. */
export class StopShipment {
  constructor(
    private readonly database: Database,
    private readonly shipments: ShipmentStore,
  ) {}

  async run(orderId: string): Promise<'stopped' | 'dispatched'> {
    return this.database.transaction(async (tx) => {
      const shipment = await this.shipments.plan(tx, { orderId, ownerId: null, parcels: [] });
      const outcome = stop(shipment);
      if (outcome === 'stopped') await this.shipments.stop(tx, shipment.id);
      return outcome;
    });
  }
}
