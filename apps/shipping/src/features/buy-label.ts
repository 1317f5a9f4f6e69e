import { ShipmentCreatedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Outbox, poison } from '@tandem/messaging';
import type { Carrier, LabelAnswer } from '../domain/carrier.js';
import { daysOf } from '../domain/rates.js';
import type { ParcelPlan, Shipment } from '../domain/shipment.js';
import type { ShipmentStore } from '../domain/shipment-store.js';

export type LabelCommand = {
  readonly orderId: string;
  readonly ownerId: string;
  readonly service: string;
  readonly shippingAddress: object;
  readonly parcels: readonly ParcelPlan[];
};

type Destination = Pick<LabelCommand, 'service' | 'shippingAddress'>;
type BoughtLabel = Extract<LabelAnswer, { kind: 'bought' }>;
type Answers = { readonly kind: 'bought'; readonly labels: readonly BoughtLabel[] } | Extract<LabelAnswer, { kind: 'refused' }>;

const dayMs = 86_400_000;

/**
 * Buys what is stuck on the parcels of a confirmed order: plan the shipment, ask the carrier by the order's own keys, settle what it answered. Safe to
 * repeat at every step: what was bought before is found again. An order that was stopped before is left alone; one the carrier will never take is poison.
 */
export class BuyLabel {
  constructor(
    private readonly shipments: ShipmentStore,
    private readonly carrier: Carrier,
    private readonly outbox: Outbox,
    private readonly now: Now,
  ) {}

  async run(tx: Tx, { orderId, ownerId, parcels, ...to }: LabelCommand): Promise<Handled> {
    const shipment = await this.shipments.plan(tx, { orderId, ownerId, parcels });
    if (shipment.isStopped) return ignored('stopped');
    if (shipment.status !== 'planned') return ignored('label-bought-already');
    return effect(
      () => this.ask(shipment, to),
      (settling, answer) => this.settle(settling, { shipment, to, answer }),
    );
  }

  /** One label after the other, each under a key of its own; the first one the carrier will never take ends it. */
  private async ask(shipment: Shipment, to: Destination): Promise<Answers> {
    const { orderId, drafts, parcels } = shipment;
    const publicId = toPublicId('order', orderId);
    const each = this.carrier.labelsEach === 'parcel' ? parcels.map((parcel) => [parcel]) : [parcels];
    const bought: BoughtLabel[] = [];
    for (const [place, stuckOn] of each.entries()) {
      const key = place === 0 ? publicId : `${publicId}/${place + 1}`;
      const answer = await this.carrier.buyLabel(
        { key, orderId: publicId, ...to, parcels: stuckOn },
        { kept: drafts[place] ?? null, keep: (begun) => this.shipments.keepDraft(orderId, place, begun) },
      );
      if (answer.kind === 'refused') {
        await this.shipments.refuse(orderId, answer.because);
        return answer;
      }
      bought.push(answer);
    }
    return { kind: 'bought', labels: bought };
  }

  private async settle(
    tx: Tx,
    { shipment: { id, orderId, parcels }, to, answer }: { shipment: Shipment; to: Destination; answer: Answers },
  ) {
    if (answer.kind === 'refused') return poison(answer.because);
    const [at, carrier, { labels }] = [this.now(), this.carrier.name, answer];
    const trackingCodes = labels.map(({ trackingCode }) => trackingCode);
    const estimatedDelivery = estimateOf(labels, to, at);
    await this.shipments.label(tx, id, { carrier, labels, estimatedDelivery, at });
    await this.outbox.enqueue(tx, ShipmentCreatedV1, {
      orderId: toPublicId('order', orderId),
      shipmentId: toPublicId('shipment', id),
      carrier,
      trackingCode: trackingCodes[0] ?? '',
      ...(trackingCodes.length > 1 ? { trackingCodes } : {}),
      parcels: parcels.length,
      ...(estimatedDelivery === null ? {} : { estimatedDelivery }),
      at: at.toISOString(),
    });
    return done;
  }
}

/** The day the last parcel should arrive: what their carrier says, or the days of the option from today on; null when neither says one of each parcel. */
function estimateOf(labels: readonly BoughtLabel[], { service, shippingAddress }: Destination, today: Date): string | null {
  const days = daysOf(service, String((shippingAddress as { readonly country?: unknown }).country ?? ''));
  const usual = days === undefined ? null : new Date(today.getTime() + days * dayMs).toISOString().slice(0, 10);
  return labels
    .map(({ estimatedDelivery }) => estimatedDelivery ?? usual)
    .reduce((latest, day) => (latest === null || day === null ? null : day > latest ? day : latest), '');
}
