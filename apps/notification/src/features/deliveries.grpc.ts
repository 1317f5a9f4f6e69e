import { Controller } from '@nestjs/common';
import { notificationV1 } from '@tandem/contracts';
import {
  type Caller,
  hashOf,
  noSuch,
  once,
  parsePublicId,
  principalOf,
  Refusal,
  Rpc,
  scopeOf,
  toPublicId,
  uuidOfField,
} from '@tandem/host';
import type { Database } from '@tandem/kernel';
import type { Delivery, DeliveryLedger } from '../domain/delivery-ledger.js';

/** What operators' work with deliveries stands on. */
export class Deliveries {
  constructor(
    readonly ledger: Pick<DeliveryLedger, 'ofOrder' | 'resend'>,
    readonly database: Database,
  ) {}
}

/** What was sent, or is being sent, about an order, as an operator sees it and sends it again. */
@Controller()
export class DeliveriesGrpc {
  constructor(private readonly deliveries: Deliveries) {}

  /** Empty for an order without mails. */
  @Rpc('NotificationService', 'listDeliveries', ['staff', 'service'])
  async list({ orderId }: notificationV1.ListDeliveriesRequest): Promise<notificationV1.Deliveries> {
    const found = await this.deliveries.ledger.ofOrder(uuidOfField('order', orderId, '/orderId'));
    return { deliveries: found.map(toReply) };
  }

  /** `reason` and `to` are what the edge has let in: a line of text, an address (`DeliveryAgain`). */
  @Rpc('NotificationService', 'resendDelivery', ['staff'])
  async resend(request: notificationV1.ResendDeliveryRequest, caller: Caller): Promise<notificationV1.Delivery> {
    const { deliveryId, to = null, reason } = request;
    const id = parsePublicId('notice', deliveryId);
    if (id === undefined) throw noSuch('mail', deliveryId);
    const { database, ledger } = this.deliveries;
    const scope = scopeOf(caller, hashOf('notification.ResendDelivery', notificationV1.ResendDeliveryRequest.encode(request).finish()));
    return once(database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => {
        const resent = await ledger.resend(tx, id, { to, reason, actor: principalOf(caller).id });
        switch (resent.kind) {
          case 'queued':
            return toReply(resent.delivery);
          case 'not-found':
            throw noSuch('mail', deliveryId);
          case 'not-ended-badly':
            throw new Refusal('mail-not-resendable', {
              detail: `${deliveryId} is ${resent.delivery.status}; only one that was refused or given up is sent again`,
            });
          case 'not-kept':
            throw new Refusal('mail-not-resendable', {
              detail:
                'what it was made from is forgotten: 90 days ago it was given up, or a release before did that; write to them by hand',
            });
        }
      },
    });
  }
}

function toReply({
  id,
  orderId,
  kind,
  messageId,
  status,
  at,
  because,
  template,
  recipient,
  resendings,
}: Delivery): notificationV1.Delivery {
  return {
    id: toPublicId('notice', id),
    orderId: toPublicId('order', orderId),
    kind,
    messageId,
    status,
    at: at.toISOString(),
    because,
    template,
    to: recipient,
    resendings: resendings.map(({ at: when, actor, to, reason }) => ({ at: when.toISOString(), actor, to, reason })),
  };
}
