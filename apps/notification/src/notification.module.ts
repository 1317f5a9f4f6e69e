import { notificationV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { PgDeliveryLedger } from './adapters/pg-delivery-ledger.js';
import { renderMail } from './adapters/render-mail.js';
import { smtpTransport } from './adapters/smtp-transport.js';
import { notificationConfig } from './config.js';
import { ListDeliveriesGrpc } from './features/list-deliveries.grpc.js';
import { ListDeliveries } from './features/list-deliveries.js';
import { MailOrderProgressOnOrder } from './features/mail-order-progress.consumer.js';
import { SendMail } from './features/send-mail.js';

/** Notification: mails by the facts of orders, each once. */
export const notification = defineService({
  name: 'notification',
  config: notificationConfig,
  needs: { database: true, events: true },
  serves: { NotificationService: notificationV1.NotificationServiceService },
  compose({ database, outbox, now }, { smtpUrl, from, mailboxUrl }) {
    const ledger = new PgDeliveryLedger(database);
    const transport = smtpTransport({ url: smtpUrl, from, ...(mailboxUrl === undefined ? {} : { mailboxUrl }) });
    return {
      controllers: [MailOrderProgressOnOrder, ListDeliveriesGrpc],
      providers: [
        provide(SendMail, new SendMail({ ledger, transport, render: renderMail, outbox, now })),
        provide(ListDeliveries, new ListDeliveries(ledger)),
      ],
      auditFacts: ledger.auditFacts,
      close: () => transport.close(),
    };
  },
});
