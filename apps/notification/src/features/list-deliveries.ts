import type { Delivery, DeliveryLedger } from '../domain/delivery-ledger.js';

/** What was sent, or is being sent, about an order; empty for an order without mails. */
export class ListDeliveries {
  constructor(private readonly ledger: DeliveryLedger) {}

  run(orderId: string): Promise<readonly Delivery[]> {
    return this.ledger.ofOrder(orderId);
  }
}
