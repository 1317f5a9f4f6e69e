import { Controller } from '@nestjs/common';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Notifications } from './notifications.http.js';
import { Deliveries, Delivery, DeliveryAgain, deliveryFrom, DeliveryQuery } from './schemas/delivery.schema.js';

const listDeliveries = endpoint({
  operationId: 'listDeliveries',
  method: 'GET',
  path: '/ops/v1/deliveries',
  tag: 'Operations',
  policy: 'staff',
  summary: 'The mails of an order, in the order in which they were owed',
  query: DeliveryQuery,
  answers: { 200: Deliveries },
});
const resendDelivery = endpoint({
  operationId: 'resendDelivery',
  method: 'POST',
  path: '/ops/v1/deliveries/:deliveryId/resend',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Send a mail once more that was refused or given up, to its address or to another one',
  body: DeliveryAgain,
  answers: { 202: Delivery },
  refuses: ['mail-not-resendable'],
});

/** Mails about orders as an operator sees them. */
@Controller()
export class DeliveriesHttp {
  constructor(private readonly notifications: Notifications) {}

  @Serves(listDeliveries)
  async list({ query, as }: CallOf<typeof listDeliveries>): Promise<Answer> {
    const { deliveries } = await this.notifications.peer.listDeliveries(query, as);
    return ok({ data: deliveries.map(deliveryFrom) });
  }

  @Serves(resendDelivery)
  async resend({ params, body, as }: CallOf<typeof resendDelivery>): Promise<Answer> {
    return { status: 202, body: deliveryFrom(await this.notifications.peer.resendDelivery({ ...params, ...body }, as)) };
  }
}
