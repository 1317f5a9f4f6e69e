import { Controller } from '@nestjs/common';
import type { notificationV1 } from '@tandem/contracts';
import { parsePublicId, Rpc } from '@tandem/host';
import { ListDeliveries } from './list-deliveries.js';

@Controller()
export class ListDeliveriesGrpc {
  constructor(private readonly listDeliveries: ListDeliveries) {}

  @Rpc('NotificationService', 'listDeliveries', ['staff', 'service'])
  async handle({ orderId }: notificationV1.ListDeliveriesRequest): Promise<notificationV1.Deliveries> {
    const uuid = parsePublicId('order', orderId);
    const deliveries = uuid ? await this.listDeliveries.run(uuid) : [];
    return { deliveries: deliveries.map(({ kind, messageId, status, at }) => ({ orderId, kind, messageId, status, at: at.toISOString() })) };
  }
}
