import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Now } from '@tandem/kernel';
import type { Logger } from 'pino';
import type { Carrier } from '../domain/carrier.js';
import { type Movement, type ParcelLabel, type Shipment, stop } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';
import { isMovement, reportOf } from './ask-carrier.js';
import type { TrackParcel } from './track-parcel.js';

/** How long the carrier's word is waited for, milliseconds: less than a caller waits for ours. */
const carrierMs = 2_000;

export type StopParts = {
  readonly database: Database;
  readonly shipments: Pick<ShipmentStore, 'plan' | 'stop' | 'letGo'>;
  readonly carrier: Pick<Carrier, 'name' | 'voidLabel' | 'track'>;
  readonly trackParcel: Pick<TrackParcel, 'run'>;
  readonly now: Now;
  readonly logger: Pick<Logger, 'warn'>;
};

type Left = { readonly label: ParcelLabel; readonly status: Movement };

/**
 * Keeps an order from leaving, also one that is not known yet; under the shipment's lock, so a dispatch and a stop have one winner. The carrier is
 * asked for the label as well, since it may have the parcel and not have said so: then it has left. While the carrier does not answer, what we know counts. Repeatable.
 */
export class StopShipment {
  constructor(private readonly parts: StopParts) {}

  async run(orderId: string): Promise<'stopped' | 'dispatched'> {
    const { database, shipments, carrier, trackParcel, now } = this.parts;
    const { shipment, outcome } = await database.transaction(async (tx) => {
      const planned = await shipments.plan(tx, { orderId, ownerId: null, parcels: [] });
      const decided = stop(planned);
      if (decided === 'stopped') await shipments.stop(tx, planned.id);
      return { shipment: planned, outcome: decided };
    });
    const left = outcome === 'stopped' && shipment.status === 'created' ? await this.whatHasLeft(shipment) : undefined;
    if (!left) return outcome;
    await database.transaction((tx) => shipments.letGo(tx, shipment.id));
    await trackParcel.run(reportOf(carrier.name, left.label, { status: left.status, at: now() }));
    return 'dispatched';
  }

  private whatHasLeft(shipment: Shipment): Promise<Left | undefined> {
    const asked = this.takeBack(shipment).catch((error: unknown) => {
      this.parts.logger.warn({ err: error, orderId: shipment.orderId }, 'the carrier could not be asked for a label that is to go back');
      return undefined;
    });
    return Promise.race([asked, sleep(carrierMs, undefined, { ref: false })]);
  }

  /** One label that goes back decides: the others follow with the cancelled order. One that does not has left only if the carrier says where it is. */
  private async takeBack({ labels }: Shipment): Promise<Left | undefined> {
    for (const label of labels) {
      if ((await this.parts.carrier.voidLabel(label.labelId)) === 'voided') return undefined;
      const status = await this.parts.carrier.track(label);
      if (isMovement(status)) return { label, status };
    }
    return undefined;
  }
}
