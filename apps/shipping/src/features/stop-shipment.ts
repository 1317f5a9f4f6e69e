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
type Asking = { readonly left: Left[]; isOver: boolean };

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
    const left = outcome === 'stopped' && shipment.status === 'created' ? await this.whatHasLeft(shipment) : [];
    if (left.length === 0) return outcome;
    await database.transaction((tx) => shipments.letGo(tx, shipment.id));
    for (const { label, status } of left) await trackParcel.run(reportOf(carrier.name, label, { status, at: now() }));
    return 'dispatched';
  }

  /** As far as the carrier said so in time, also when it did not get to the end. */
  private async whatHasLeft({ orderId, labels }: Shipment): Promise<readonly Left[]> {
    const { logger } = this.parts;
    const asking: Asking = { left: [], isOver: false };
    const asked = this.takeBack(labels, asking).catch((error: unknown) => {
      logger.warn({ err: error, orderId }, 'the carrier could not be asked for a label that is to go back');
    });
    const end = await Promise.race([asked, sleep(carrierMs, 'late' as const, { ref: false })]);
    if (end === 'late')
      logger.warn({ orderId }, `the carrier was asked for a label that is to go back, and had not said all after ${carrierMs} ms`);
    asking.isOver = true;
    return [...asking.left];
  }

  /**
   * Nothing is taken back once a parcel has left: the others are to follow it. So several are looked for first; a single one's own answer says enough.
   * A label that does not go back has left only if the carrier says where it is. Asks nothing more once the time is over.
   */
  private async takeBack(labels: readonly ParcelLabel[], asking: Asking): Promise<void> {
    if (labels.length > 1) await this.look(labels, asking);
    for (const label of labels) {
      if (asking.left.length > 0 || asking.isOver) return;
      const outcome = await this.parts.carrier.voidLabel(label.labelId);
      if (outcome === 'dispatched' && !asking.isOver) await this.look([label], asking);
    }
  }

  /** Adds to `left` what the carrier says of each, also when it does not say it of another; throws then. */
  private async look(labels: readonly ParcelLabel[], { left }: Asking): Promise<void> {
    const looks = await Promise.allSettled(
      labels.map(async (label) => {
        const status = await this.parts.carrier.track(label);
        if (isMovement(status)) left.push({ label, status });
      }),
    );
    const errors = looks.filter((look) => look.status === 'rejected').map(({ reason }): unknown => reason);
    if (errors.length > 0) throw new AggregateError(errors, 'not every parcel could be asked about');
  }
}
