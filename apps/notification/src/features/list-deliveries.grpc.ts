import { Controller } from '@nestjs/common';
import type { notificationV1 } from '@tandem/contracts';
import { parsePublicId, Rpc } from '@tandem/host';
import type { Delivery, DeliveryLedger } from '../domain/delivery-ledger.js';

/** What reading deliveries stands on. */
export class Deliveries {
  constructor(readonly ledger: Pick<DeliveryLedger, 'ofOrder'>) {}
}

/** What was sent, or is being sent, about an order; empty for an order without mails. */
@Controller()
export class ListDeliveriesGrpc {
  constructor(private readonly deliveries: Deliveries) {}

  @Rpc('NotificationService', 'listDeliveries', ['staff', 'service'])
  async handle({ orderId }: notificationV1.ListDeliveriesRequest): Promise<notificationV1.Deliveries> {
    const uuid = parsePublicId('order', orderId);
    const found: readonly Delivery[] = uuid ? await this.deliveries.ledger.ofOrder(uuid) : [];
    return { deliveries: found.map((delivery) => toReply(orderId, delivery)) };
  }
}

function toReply(orderId: string, { kind, messageId, status, at, because, template }: Delivery): notificationV1.Delivery {
  return { orderId, kind, messageId, status, at: at.toISOString(), because, template };
}
