import { Controller } from '@nestjs/common';
import { shippingV1 } from '@tandem/contracts';
import { type Caller, isStaff, noSuch, parsePublicId, principalOf, Refusal, Rpc, toPublicId } from '@tandem/host';
import { isCurrency } from '@tandem/kernel';
import { priceFor, shippingOptionsTo } from '../domain/rates.js';
import { labelOf, trackingCodeShape } from '../domain/shipment.js';
import type { Shipments, Tracked } from '../domain/shipment-store.js';
import { PrintLabel } from './print-label.js';
import { StopShipment } from './stop-shipment.js';

/** What reading stands on: shipments, and the name of the carrier that sells labels. */
export class ShipmentReads {
  constructor(
    readonly shipments: Shipments,
    readonly carrier: string,
  ) {}
}

/** Rates, stops and reading. Another shopper's shipment is not found. */
@Controller()
export class ShippingGrpc {
  constructor(
    private readonly stopShipment: StopShipment,
    private readonly printLabel: PrintLabel,
    private readonly reads: ShipmentReads,
  ) {}

  @Rpc('ShippingService', 'rates', ['service'])
  async rates({ currency, country, weightGrams }: shippingV1.RatesRequest): Promise<shippingV1.RateList> {
    if (!isCurrency(currency)) return { rates: [] };
    const wire = (minor: bigint) => ({ amount: minor.toString(), currency });
    const rates = shippingOptionsTo(country, currency, this.reads.carrier).map(({ bands, ...option }) => ({
      ...option,
      price: wire(priceFor({ ...option, bands }, weightGrams)),
      bands: bands.map(({ upToGrams, price }) => ({ upToGrams: upToGrams ?? 0, price: wire(price) })),
    }));
    return { rates };
  }

  @Rpc('ShippingService', 'stop', ['service'])
  async stop({ orderId }: shippingV1.StopRequest): Promise<shippingV1.Stopping> {
    const uuid = parsePublicId('order', orderId);
    if (!uuid) throw noSuch('order', orderId);
    const outcome = await this.stopShipment.run(uuid);
    return {
      outcome: outcome === 'stopped' ? shippingV1.Stopping_Outcome.OUTCOME_STOPPED : shippingV1.Stopping_Outcome.OUTCOME_DISPATCHED,
    };
  }

  @Rpc('ShippingService', 'listShipments', ['user'])
  async list({ orderId }: shippingV1.ListShipmentsRequest, caller: Caller): Promise<shippingV1.Shipments> {
    const uuid = parsePublicId('order', orderId);
    const found = uuid ? await this.reads.shipments.ofOrder(uuid) : [];
    return { shipments: found.filter((shipment) => maySee(caller, shipment)).map(replyOf) };
  }

  @Rpc('ShippingService', 'getShipment', ['user'])
  async get({ shipmentId }: shippingV1.GetShipmentRequest, caller: Caller): Promise<shippingV1.Shipment> {
    const uuid = parsePublicId('shipment', shipmentId);
    const found = uuid ? await this.reads.shipments.byId(uuid) : undefined;
    if (!found || !maySee(caller, found)) throw noSuch('shipment', shipmentId);
    return replyOf(found);
  }

  @Rpc('ShippingService', 'getLabel', ['staff'])
  async label({ shipmentId, parcel = 1 }: shippingV1.GetShipmentRequest): Promise<shippingV1.Label> {
    const uuid = parsePublicId('shipment', shipmentId);
    const print = uuid ? await this.printLabel.run(uuid, parcel - 1) : { kind: 'not-found' as const };
    if (print.kind !== 'printed') throw notPrinted(print.kind, shipmentId, parcel);
    return { content: Buffer.from(print.pdf) };
  }

  @Rpc('ShippingService', 'track', ['public'])
  async track({ trackingCode }: shippingV1.TrackRequest): Promise<shippingV1.Shipment> {
    const found = trackingCodeShape.test(trackingCode) ? await this.reads.shipments.byTrackingCode(trackingCode) : undefined;
    if (!found) throw noSuch('parcel', trackingCode);
    return replyOf(found);
  }
}

function notPrinted(why: 'not-found' | 'label-not-ready' | 'label-voided', shipmentId: string, parcel: number): Refusal {
  switch (why) {
    case 'not-found':
      return noSuch(`label of parcel ${parcel} of the shipment`, shipmentId);
    case 'label-not-ready':
      return new Refusal(why, { detail: 'the carrier sells it first and draws it afterwards; ask again in a minute' });
    case 'label-voided':
      return new Refusal(why, { detail: 'its order was cancelled or refunded, so nothing is sent by it' });
  }
}

function maySee(caller: Caller, { ownerId }: Tracked): boolean {
  return isStaff(caller) || (ownerId !== null && toPublicId('customer', ownerId) === principalOf(caller).id);
}

function replyOf(shipment: Tracked): shippingV1.Shipment {
  const { id, orderId, status, carrier, labels, parcels, history, estimatedDelivery } = shipment;
  return {
    id: toPublicId('shipment', id),
    orderId: toPublicId('order', orderId),
    status,
    carrier: carrier ?? '',
    trackingCode: labels[0]?.trackingCode ?? '',
    parcels: parcels.map(({ weightGrams, lines }, place) => {
      const label = labelOf(shipment, place);
      return {
        weightGrams,
        lines: lines.map((line) => ({ ...line })),
        ...(label ? { trackingCode: label.trackingCode, status: label.status } : {}),
      };
    }),
    ...(estimatedDelivery === null ? {} : { estimatedDelivery }),
    history: history.map((entry) => ({ status: entry.status, at: entry.at.toISOString() })),
  };
}
