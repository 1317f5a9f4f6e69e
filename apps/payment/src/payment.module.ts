import { paymentV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { PgPaymentStore } from './adapters/pg-payment-store.js';
import { sandboxBank } from './adapters/sandbox-bank.js';
import { paymentConfig } from './config.js';
import { ChargeOrder } from './features/charge-order.js';
import { FindPayment } from './features/find-payment.js';
import { PaymentGrpc } from './features/payment.grpc.js';
import { RefundPayment } from './features/refund-payment.js';
import { VoidPayment } from './features/void-payment.js';

/** Payments: charges, refunds and voids at one provider. */
export const payment = defineService({
  name: 'payment',
  config: paymentConfig,
  needs: { database: true, events: true },
  serves: { PaymentService: paymentV1.PaymentServiceService },
  compose(host, { bankUrl, deadlineMs }) {
    const payments = new PgPaymentStore(host.database, host.outbox, host.now);
    const bank = sandboxBank({ url: bankUrl, deadlineMs });
    return {
      controllers: [PaymentGrpc],
      providers: [
        provide(ChargeOrder, new ChargeOrder(payments, bank)),
        provide(FindPayment, new FindPayment(payments, bank)),
        provide(RefundPayment, new RefundPayment(payments, bank)),
        provide(VoidPayment, new VoidPayment(payments, bank)),
      ],
      auditFacts: pgAuditFacts(host.database),
      close: () => bank.close(),
    };
  },
});
