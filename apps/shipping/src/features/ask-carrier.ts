import type { Now } from '@tandem/kernel';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { Carrier, Label, Whereabouts } from '../domain/carrier.js';
import type { Movement, ParcelLabel } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';
import type { Report, TrackParcel } from './track-parcel.js';

/** A parcel that nothing was heard of for this long is asked about, milliseconds. */
export const silentMs = 6 * 3_600_000;
/** Asked in one run; the rest comes with the next. */
const most = 1_000;

type Parts = {
  readonly shipments: Pick<ShipmentStore, 'takeSilent'>;
  readonly carrier: Pick<Carrier, 'name' | 'track'>;
  readonly trackParcel: Pick<TrackParcel, 'run'>;
  readonly now: Now;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
};

/**
 * The net under a carrier's webhooks: asks it for parcels that have been silent, and takes the answer in as a report like any other, once.
 * Its moment is when we learnt of it. Throws while the carrier is away; what was in hand is asked for again after the same silence, and so is one parcel that
 * could not be asked about, which is logged and holds up no other.
 */
export class AskCarrier {
  constructor(private readonly parts: Parts) {}

  /** How many parcels had moved unheard. */
  async run(): Promise<number> {
    const { shipments, carrier } = this.parts;
    let moved = 0;
    for (let asked = 0; asked < most; asked += 1) {
      const silent = await shipments.takeSilent(carrier.name, silentMs);
      if (!silent) break;
      for (const label of silent) if (await this.hasMovedUnlessStrange(label)) moved += 1;
    }
    return moved;
  }

  private async hasMovedUnlessStrange(label: ParcelLabel): Promise<boolean> {
    try {
      return await this.hasMoved(label);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.parts.logger.error({ err: error, trackingCode: label.trackingCode }, 'a parcel could not be asked about');
      return false;
    }
  }

  private async hasMoved({ labelId, trackingCode }: ParcelLabel): Promise<boolean> {
    const { carrier, trackParcel, now, logger } = this.parts;
    const status = await carrier.track({ labelId, trackingCode });
    if (status === 'unknown' || status === 'voided')
      logger.warn({ trackingCode, status }, 'the carrier does not carry a parcel that we think it does');
    if (!isMovement(status)) return false;
    return (await trackParcel.run(reportOf(carrier.name, { labelId, trackingCode }, { status, at: now() }))).kind === 'moved';
  }
}

/** What the carrier answered, as a report: the same answer again is the same report. */
export function reportOf(carrier: string, { labelId, trackingCode }: Label, { status, at }: Pick<Report, 'status' | 'at'>): Report {
  return { webhookId: `asked ${labelId} ${status}`, carrier, labelId, trackingCode, status, at };
}

/** True when the parcel has left. */
export function isMovement(status: Whereabouts): status is Movement {
  return status === 'in-transit' || status === 'delivered' || status === 'lost' || status === 'returned';
}
