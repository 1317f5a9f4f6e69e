import { Controller } from '@nestjs/common';
import type { loyaltyV1, orderV1, shippingV1 } from '@tandem/contracts';
import { badCursor, type Peer } from '@tandem/host';
import { type Answer, noContent, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import {
  LabelQuery,
  Loyalty,
  loyaltyFrom,
  PointsEntries,
  pointsEntryFrom,
  Shipment,
  shipmentFrom,
  Shipments,
} from './schemas/after-sale.schema.js';
import { listFrom, PageQuery, pageOf, present } from './schemas/common.schema.js';

const listShipments = endpoint({
  operationId: 'listShipments',
  method: 'GET',
  path: '/v1/orders/:orderId/shipments',
  tag: 'Shipments',
  policy: 'user',
  summary: 'The shipments of an order',
  query: PageQuery,
  answers: { 200: Shipments },
  refuses: ['bad-cursor'],
});
const getShipment = endpoint({
  operationId: 'getShipment',
  method: 'GET',
  path: '/v1/shipments/:shipmentId',
  tag: 'Shipments',
  policy: 'user',
  summary: 'One shipment',
  answers: { 200: Shipment },
});
const track = endpoint({
  operationId: 'trackShipment',
  method: 'GET',
  path: '/v1/tracking/:trackingCode',
  tag: 'Shipments',
  policy: 'public',
  summary: 'Where a parcel is, for whoever has its tracking code',
  answers: { 200: Shipment },
});
const pdf = 'application/pdf';
const getLabel = endpoint({
  operationId: 'getShipmentLabel',
  method: 'GET',
  path: '/admin/v1/shipments/:shipmentId/label',
  tag: 'Shipments',
  policy: 'staff',
  summary: 'What is stuck on the parcels of a shipment as PDF, from its carrier; where each parcel has a label of its own, on one of them',
  query: LabelQuery,
  sends: [pdf],
  answers: { 200: null },
  refuses: ['label-voided', 'label-not-ready'],
});
const getLoyalty = endpoint({
  operationId: 'getLoyalty',
  method: 'GET',
  path: '/v1/loyalty',
  tag: 'Loyalty',
  policy: 'user',
  summary: 'Points to spend, points on their way',
  answers: { 200: Loyalty },
});
const listPoints = endpoint({
  operationId: 'listLoyaltyTransactions',
  method: 'GET',
  path: '/v1/loyalty/transactions',
  tag: 'Loyalty',
  policy: 'user',
  summary: 'Where the points come from',
  query: PageQuery,
  answers: { 200: PointsEntries },
  refuses: ['bad-cursor'],
});
const carrierWebhook = endpoint({
  operationId: 'receiveCarrierWebhook',
  method: 'POST',
  path: '/v1/webhooks/carriers/:carrier',
  tag: 'Webhooks',
  policy: 'public',
  isRaw: true,
  summary:
    'News of a parcel from its carrier, signed as that carrier signs: Standard Webhooks by the sandbox, X-Hmac-Signature by EasyPost',
  answers: { 204: null },
  refuses: ['signature-invalid'],
});

/** The services that act after the sale, and order for whose an order is that has no parcel. */
export class AfterSalePeers {
  constructor(
    readonly shipping: Peer<typeof shippingV1.ShippingServiceService>,
    readonly loyalty: Peer<typeof loyaltyV1.LoyaltyServiceService>,
    readonly order: Pick<Peer<typeof orderV1.OrderServiceService>, 'getOrder'>,
  ) {}
}

/** Parcels and points. */
@Controller()
export class AfterSaleHttp {
  constructor(private readonly peers: AfterSalePeers) {}

  /**
   * An order has few shipments, so there is one page, and no cursor is ours. Shipping shows a shopper only shipments of their own, so one that is
   * shown says whose the order is; where there is none order says it, with its 404.
   */
  @Serves(listShipments)
  async shipments({ params, query, as }: CallOf<typeof listShipments>): Promise<Answer> {
    if (query.cursor !== undefined) throw badCursor();
    const { shipments } = await this.peers.shipping.listShipments(params, as);
    if (shipments.length === 0) await this.peers.order.getOrder(params, as);
    return ok(listFrom(shipments.map(shipmentFrom), ''));
  }

  @Serves(getShipment)
  async shipment({ params, as }: CallOf<typeof getShipment>): Promise<Answer> {
    return ok(shipmentFrom(await this.peers.shipping.getShipment(params, as)));
  }

  @Serves(getLabel)
  async label({ params, query, as }: CallOf<typeof getLabel>): Promise<Answer> {
    const { content } = await this.peers.shipping.getLabel({ ...params, ...present(query) }, as);
    return ok(Buffer.from(content), { 'Content-Type': pdf, 'Content-Disposition': `inline; filename="label-${params.shipmentId}.pdf"` });
  }

  @Serves(track)
  async track({ params, as }: CallOf<typeof track>): Promise<Answer> {
    return ok(shipmentFrom(await this.peers.shipping.track(params, as)));
  }

  @Serves(getLoyalty)
  async loyalty({ as }: CallOf<typeof getLoyalty>): Promise<Answer> {
    return ok(loyaltyFrom(await this.peers.loyalty.getBalance({}, as)));
  }

  @Serves(listPoints)
  async points({ query, as }: CallOf<typeof listPoints>): Promise<Answer> {
    const page = await this.peers.loyalty.listTransactions(pageOf(query), as);
    return ok(listFrom(page.transactions.map(pointsEntryFrom), page.nextCursor));
  }

  @Serves(carrierWebhook)
  async carrier({ params, header, rawBody, as }: CallOf<typeof carrierWebhook>): Promise<Answer> {
    const signed = {
      id: header('webhook-id') ?? '',
      timestamp: header('webhook-timestamp') ?? '',
      signature: header(params.carrier === 'easypost' ? 'x-hmac-signature' : 'webhook-signature') ?? '',
    };
    await this.peers.shipping.receiveCarrierWebhook({ carrier: params.carrier, ...signed, body: Buffer.from(rawBody) }, as);
    return noContent();
  }
}
