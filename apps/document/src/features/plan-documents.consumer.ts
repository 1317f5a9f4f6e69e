import { Controller } from '@nestjs/common';
import { OrderConfirmedV1, OrderRefundedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import type { OrderFacts, Seller } from '../domain/facts.js';
import type { Documents } from '../domain/ports.js';
import { PlanDocuments } from './plan-documents.js';

/** Who sells, and the invoices there are. */
export class Invoicing {
  constructor(
    readonly seller: Seller,
    readonly documents: Documents,
  ) {}
}

/** Every confirmed order gets an invoice, every refund a credit note. The facts of the events suffice. A packing slip is made when staff asks for it. */
@Controller()
export class PlanDocumentsOnOrder {
  constructor(
    private readonly planDocuments: PlanDocuments,
    private readonly invoicing: Invoicing,
  ) {}

  @On(OrderConfirmedV1)
  async confirmed(event: OrderConfirmedV1, tx: Tx): Promise<Handled> {
    const outcome = await this.planDocuments.run(tx, {
      facts: { kind: 'invoice', order: factsOf(event), seller: this.invoicing.seller },
      ownerId: event.ownerId,
    });
    return outcome === 'planned' ? done : ignored(outcome);
  }

  @On(OrderRefundedV1)
  async refunded({ orderId, refundId, amount, reason, refundedAt }: OrderRefundedV1, tx: Tx): Promise<Handled> {
    const invoice = await this.invoicing.documents.invoiceOf(tx, uuidOf('order', orderId));
    if (!invoice) return ignored('no-invoice');
    const { order, seller } = invoice.facts;
    const facts = {
      kind: 'credit-note',
      order,
      seller,
      invoiceNumber: invoice.number,
      refund: { refundId, amount, reason, refundedAt },
    } as const;
    const outcome = await this.planDocuments.run(tx, { facts, ownerId: invoice.ownerId, reference: refundId });
    return outcome === 'planned' ? done : ignored(outcome);
  }
}

function factsOf(event: OrderConfirmedV1): OrderFacts {
  const { orderId, number, locale, currency, subtotal, shipping, tax, discount, total, shippingAddress, shippingOption, confirmedAt } =
    event;
  const lines = event.lines.map(
    ({ lineId, sku, title, category, quantity, unitPrice, total: lineTotal, discount: lineDiscount, weightGrams, seats }) => ({
      lineId,
      sku,
      title,
      category,
      quantity,
      unitPrice,
      total: lineTotal,
      discount: lineDiscount,
      weightGrams,
      ...(seats ? { seats } : {}),
    }),
  );
  return {
    orderId,
    number,
    locale,
    currency,
    lines,
    subtotal,
    shipping,
    tax,
    discount,
    total,
    shippingAddress,
    shippingOption,
    confirmedAt,
  };
}
