import { documentV1, notificationV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { grpcInvoices } from './adapters/grpc-invoices.js';
import { PgDeliveryLedger } from './adapters/pg-delivery-ledger.js';
import { pgFollowers } from './adapters/pg-followers.js';
import { pgInbox } from './adapters/pg-inbox.js';
import { pgPreferences } from './adapters/pg-preferences.js';
import { renderMail } from './adapters/render-mail.js';
import { smtpTransport } from './adapters/smtp-transport.js';
import { notificationConfig } from './config.js';
import { amounts } from './domain/amounts.js';
import { FollowParts, FollowProductGrpc } from './features/follow-product.grpc.js';
import { InboxGrpc, InboxParts } from './features/inbox.grpc.js';
import { Deliveries, ListDeliveriesGrpc } from './features/list-deliveries.grpc.js';
import { MailOrderProgressOnOrder } from './features/mail-order-progress.consumer.js';
import { OrderMails } from './features/order-mails.js';
import { SendMail } from './features/send-mail.js';
import { OweFollowers, OweFollowersOnStockChanged } from './features/tell-followers.consumer.js';
import { TellFollowers } from './features/tell-followers.js';

/** Notification: mails by the facts of orders, each once; who wants which; what everybody was told. */
export const notification = defineService({
  name: 'notification',
  config: notificationConfig,
  needs: { database: true, events: true },
  serves: { NotificationService: notificationV1.NotificationServiceService },
  compose(host, { smtpUrl, from, mailboxUrl, publicUrl }) {
    const { database, outbox, now, logger, outside } = host;
    const ledger = new PgDeliveryLedger(database);
    const findInvoice = grpcInvoices(host.peer('document', documentV1.DocumentServiceService), logger);
    const smtp = { url: smtpUrl, from, ...(mailboxUrl === undefined ? {} : { mailboxUrl }) };
    const transport = outside('smtp', smtpTransport(smtp));
    const followerTransport = outside('smtp', smtpTransport({ ...smtp, connections: 16 }));
    const followers = pgFollowers(database, () => tellFollowers.wake());
    const tellFollowers = new TellFollowers({ followers, transport: followerTransport, render: renderMail, publicUrl, now, logger });
    const unsubscribeUrl = (token: string): string => `${publicUrl}/v1/unsubscribe/${token.replaceAll('-', '')}`;
    return {
      controllers: [MailOrderProgressOnOrder, OweFollowersOnStockChanged, ListDeliveriesGrpc, InboxGrpc, FollowProductGrpc],
      providers: [
        provide(OrderMails, new OrderMails(amounts())),
        provide(SendMail, new SendMail({ ledger, transport, render: renderMail, findInvoice, unsubscribeUrl, outbox, now })),
        provide(OweFollowers, new OweFollowers(followers)),
        provide(FollowParts, new FollowParts(followers, database)),
        provide(Deliveries, new Deliveries(ledger)),
        provide(InboxParts, new InboxParts(pgInbox(database), pgPreferences(database), database)),
      ],
      background: [tellFollowers],
      auditFacts: ledger.auditFacts,
      close: async () => {
        await transport.close();
        await followerTransport.close();
      },
    };
  },
});
