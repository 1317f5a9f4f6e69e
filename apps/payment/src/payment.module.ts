import { paymentV1 } from '@tandem/contracts';
import { defineService, type Host, provide } from '@tandem/host';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { pgNewsInbox } from './adapters/pg-news-inbox.js';
import { PgPaymentStore } from './adapters/pg-payment-store.js';
import { sandboxBank, sandboxMethods } from './adapters/sandbox-bank.js';
import { sandboxWebhooks } from './adapters/sandbox-webhooks.js';
import { type PaymentConfig, paymentConfig } from './config.js';
import { PaymentMethods } from './domain/payment-provider.js';
import { ChargeOrder } from './features/charge-order.js';
import { FindPayment } from './features/find-payment.js';
import { HeedNews } from './features/heed-news.js';
import { PaymentGrpc } from './features/payment.grpc.js';
import { ReceiveWebhook } from './features/receive-webhook.js';
import { ReceiveWebhookGrpc } from './features/receive-webhook.grpc.js';
import { RefundPayment } from './features/refund-payment.js';
import { VoidPayment } from './features/void-payment.js';
import { WorkOffNews } from './features/work-off-news.js';

/** No provider repeats a webhook after so long. Source: Standard Webhooks 1.0, "Retry schedule" (three days). */
const newsKeptDays = 14;

/** Payments: charges, refunds and voids at one provider, and what it tells by webhook. */
export const payment = defineService({
  name: 'payment',
  config: paymentConfig,
  needs: { database: true, events: true },
  serves: { PaymentService: paymentV1.PaymentServiceService },
  async compose(host, config) {
    const { database, outbox, now, logger, schedules } = host;
    const payments = new PgPaymentStore(database, outbox, now);
    const { bank, webhooks, methods } = await providerOf(config, host);
    const refundPayment = new RefundPayment(payments, bank);
    const inbox = pgNewsInbox(database);
    const workOffNews = new WorkOffNews(inbox, new HeedNews({ payments, provider: bank, refundPayment }), logger);
    // A look for what another process has left; what comes in here wakes it.
    const news = schedules.every({ name: 'work-off-news', everyMs: 5_000, work: () => workOffNews.turn() });
    return {
      controllers: [PaymentGrpc, ReceiveWebhookGrpc],
      providers: [
        provide(ChargeOrder, new ChargeOrder(payments, bank)),
        provide(FindPayment, new FindPayment(payments, bank)),
        provide(RefundPayment, refundPayment),
        provide(PaymentMethods, methods),
        provide(VoidPayment, new VoidPayment(payments, bank)),
        provide(ReceiveWebhook, new ReceiveWebhook({ readers: [webhooks], inbox, wake: () => news.wake() })),
      ],
      background: [news, schedules.every({ name: 'forget-news', everyMs: 3_600_000, work: () => inbox.prune(newsKeptDays) })],
      auditFacts: pgAuditFacts(database),
      close: () => bank.close(),
    };
  },
});

/** The one provider that is charged here, how it words its webhooks, and what it can charge. Stripe's library is loaded by who uses it: it takes 20 MB. */
async function providerOf(config: PaymentConfig, { outside, now, logger, metrics: { registry } }: Host) {
  switch (config.provider) {
    case 'sandbox':
      return {
        bank: outside('bank', sandboxBank({ url: config.bankUrl, deadlineMs: config.deadlineMs, registry })),
        webhooks: sandboxWebhooks(config.webhookSecrets),
        methods: sandboxMethods,
      };
    case 'stripe': {
      const { stripeBank, stripeMethods } = await import('./adapters/stripe-bank.js');
      const onForbidden = ({ type, requestId }: { readonly type?: string; readonly requestId?: string }): void =>
        logger.error({ type, requestId }, 'Stripe does not accept STRIPE_SECRET_KEY for this');
      const bank = outside('stripe', stripeBank({ ...config, now, registry, onForbidden }));
      return { bank, webhooks: bank.webhooks, methods: stripeMethods };
    }
  }
}
