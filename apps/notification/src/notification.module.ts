import { notificationV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { PgDeliveryLedger } from './adapters/pg-delivery-ledger.js';
import { pgInbox } from './adapters/pg-inbox.js';
import { pgPreferences } from './adapters/pg-preferences.js';
import { renderMail } from './adapters/render-mail.js';
import { smtpTransport } from './adapters/smtp-transport.js';
import { notificationConfig } from './config.js';
import { amounts } from './domain/amounts.js';
import { InboxGrpc, InboxParts } from './features/inbox.grpc.js';
import { Deliveries, ListDeliveriesGrpc } from './features/list-deliveries.grpc.js';
import { MailOrderProgressOnOrder } from './features/mail-order-progress.consumer.js';
import { OrderMails } from './features/order-mails.js';
import { SendMail } from './features/send-mail.js';

/** Notification: mails by the facts of orders, each once; who wants which; what everybody was told. */
export const notification = defineService({
  name: 'notification',
  config: notificationConfig,
  needs: { database: true, events: true },
  serves: { NotificationService: notificationV1.NotificationServiceService },
  compose({ database, outbox, now }, { smtpUrl, from, mailboxUrl, publicUrl }) {
    const ledger = new PgDeliveryLedger(database);
    const transport = smtpTransport({ url: smtpUrl, from, ...(mailboxUrl === undefined ? {} : { mailboxUrl }) });
    const unsubscribeUrl = (token: string): string => `${publicUrl}/v1/unsubscribe/${token.replaceAll('-', '')}`;
    return {
      controllers: [MailOrderProgressOnOrder, ListDeliveriesGrpc, InboxGrpc],
      providers: [
        provide(OrderMails, new OrderMails(amounts())),
        provide(SendMail, new SendMail({ ledger, transport, render: renderMail, unsubscribeUrl, outbox, now })),
        provide(Deliveries, new Deliveries(ledger)),
        provide(InboxParts, new InboxParts(pgInbox(database), pgPreferences(database), database)),
      ],
      auditFacts: ledger.auditFacts,
      close: () => transport.close(),
    };
  },
});
