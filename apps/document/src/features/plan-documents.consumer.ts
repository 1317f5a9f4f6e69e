import { Controller } from '@nestjs/common';
import { OrderCancelledV1, OrderConfirmedV1, OrderRefundedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import type { OrderFacts, RefundFacts, Seller } from '../domain/facts.js';
import type { Documents } from '../domain/ports.js';
import { textsIn } from '../domain/texts/texts.js';
import { PlanDocuments } from './plan-documents.js';

/** Who sells, and the invoices there are. */
export class Invoicing {
  constructor(
    readonly seller: Seller,
    readonly documents: Documents,
  ) {}
}

/**
 * Every confirmed order gets an invoice, every refund of one a credit note: refunds that were asked for, and what a cancellation gives back. The facts
 * of the events suffice. An order that was cancelled without ever having been confirmed has no invoice, so there is nothing to credit. A packing slip
 * is made when staff asks for it.
 */
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
  refunded({ orderId, refundId, amount, reason, refundedAt, lines }: OrderRefundedV1, tx: Tx): Promise<Handled> {
    const returned = lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
    return this.credit(tx, orderId, { refundId, amount, reason, refundedAt, ...(returned.length > 0 ? { lines: returned } : {}) });
  }

  /** What is left of the payment goes back: all of it, or what refunds before have left. */
  @On(OrderCancelledV1)
  async cancelled({ orderId, refund, reason, cancelledAt }: OrderCancelledV1, tx: Tx): Promise<Handled> {
    return refund ? this.credit(tx, orderId, { ...refund, reason, refundedAt: cancelledAt }) : ignored('nothing-to-refund');
  }

  private async credit(tx: Tx, orderId: string, refund: RefundFacts): Promise<Handled> {
    const invoice = await this.invoicing.documents.invoiceOf(tx, uuidOf('order', orderId));
    if (!invoice) return ignored('no-invoice');
    const { order, seller } = invoice.facts;
    const said = { ...refund, reason: reasonIn(order.locale, refund.reason) };
    const facts = { kind: 'credit-note', order, seller, invoiceNumber: invoice.number, refund: said } as const;
    const outcome = await this.planDocuments.run(tx, { facts, ownerId: invoice.ownerId, reference: refund.refundId });
    return outcome === 'planned' ? done : ignored(outcome);
  }
}

/** Fixed when it is planned, as all that a document says. */
function reasonIn(locale: OrderFacts['locale'], reason: string): string {
  const { reasons } = textsIn(locale);
  return Object.hasOwn(reasons, reason) ? (reasons[reason] ?? reason) : reason;
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
