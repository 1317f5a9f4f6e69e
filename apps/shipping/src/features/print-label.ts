import type { Carrier } from '../domain/carrier.js';
import { labelOf } from '../domain/shipment.js';
import type { Shipments } from '../domain/shipment-store.js';

export type LabelPrint =
  { readonly kind: 'printed'; readonly pdf: Uint8Array } | { readonly kind: 'not-found' | 'label-not-ready' | 'label-voided' };

/** What is stuck on a parcel of a shipment, counted from 0, or on all of them when they have one label, as its carrier draws it. Asks the carrier each time: nothing of it is kept here. */
export class PrintLabel {
  constructor(
    private readonly shipments: Pick<Shipments, 'byId'>,
    private readonly carrier: Pick<Carrier, 'name' | 'labelDocument'>,
  ) {}

  async run(shipmentId: string, parcel = 0): Promise<LabelPrint> {
    const shipment = await this.shipments.byId(shipmentId);
    if (!shipment) return { kind: 'not-found' };
    const label = labelOf(shipment, parcel);
    if (label?.status === 'voided') return { kind: 'label-voided' };
    if (!label || shipment.carrier !== this.carrier.name) return { kind: 'not-found' }; // another carrier's, from before a change of carriers
    const document = await this.carrier.labelDocument(label.labelId);
    switch (document.kind) {
      case 'document':
        return { kind: 'printed', pdf: document.pdf };
      case 'none':
        return { kind: 'label-not-ready' };
      case 'voided':
        return { kind: 'label-voided' };
    }
  }
}
