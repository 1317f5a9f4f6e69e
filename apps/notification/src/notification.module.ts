import { setTimeout as sleep } from 'node:timers/promises';
import { customerV1, documentV1, notificationV1 } from '@tandem/contracts';
import { type Background, defineService, type Host, provide } from '@tandem/host';
import { grpcContacts } from './adapters/grpc-contacts.js';
import { grpcInvoices } from './adapters/grpc-invoices.js';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { PgDeliveryLedger } from './adapters/pg-delivery-ledger.js';
import { pgFollowers } from './adapters/pg-followers.js';
import { pgInbox } from './adapters/pg-inbox.js';
import { pgNews } from './adapters/pg-news.js';
import { pgPreferences } from './adapters/pg-preferences.js';
import { pgSmsBook } from './adapters/pg-sms-book.js';
import { renderMail } from './adapters/render-mail.js';
import { sandboxSms } from './adapters/sandbox-sms.js';
import { type SmtpOptions, smtpTransport } from './adapters/smtp-transport.js';
import { type NotificationConfig, notificationConfig } from './config.js';
import { amounts } from './domain/amounts.js';
import { paceOf } from './domain/pace.js';
import type { SmsBook } from './domain/sms.js';
import { AddressNews } from './features/address-news.js';
import { FollowParts, FollowProductGrpc } from './features/follow-product.grpc.js';
import { InboxGrpc, InboxParts } from './features/inbox.grpc.js';
import { Deliveries, DeliveriesGrpc } from './features/deliveries.grpc.js';
import { MailOrderProgressOnOrder } from './features/mail-order-progress.consumer.js';
import { OrderMails } from './features/order-mails.js';
import { headlines } from './features/news-mail.js';
import { NewsDesk, OweNewsOnFacts } from './features/owe-news.consumer.js';
import { OweSmsOnOrder, SmsDesk } from './features/owe-sms.consumer.js';
import { QueueMail } from './features/queue-mail.js';
import { QueueWorker } from './features/queue-worker.js';
import { mailsInHand, SendMails } from './features/send-mail.js';
import { newsAtATime, SendNews } from './features/send-news.js';
import { SendSms } from './features/send-sms.js';
import { measureWaitingMails } from './metrics.js';

/** How often it is asked whose mail of the day is due. */
const digestEveryMs = 60_000;

/** What is in hand may end within this when the service stops, milliseconds: a drain as a whole may take 15 s, a mail's answer ten minutes. */
const drainMs = 8_000;

/** Notification: mails and text messages by the facts of orders, each once; news when it is wanted; who wants which; what everybody was told. */
export const notification = defineService({
  name: 'notification',
  config: notificationConfig,
  needs: { database: true, events: true },
  serves: { NotificationService: notificationV1.NotificationServiceService },
  compose(host, config) {
    const { database, outbox, now, logger, outside, schedules } = host;
    const { publicUrl } = config;
    const ledger = new PgDeliveryLedger(database, () => sendMails.wake());
    const findInvoice = grpcInvoices(host.peer('document', documentV1.DocumentServiceService), logger);
    const smtp = smtpOf(host, config);
    const pace = config.ratePerSecond === undefined ? undefined : paceOf(config.ratePerSecond, () => performance.now(), sleep);
    const transport = outside('smtp', smtpTransport({ ...smtp, turn: () => pace?.turn('order'), connections: mailsInHand }));
    const newsTransport = outside('smtp', smtpTransport({ ...smtp, turn: () => pace?.turn('news'), connections: newsAtATime }));
    const onOwed = (): void => sendNews.wake();
    const onUnaddressed = (): void => addressNews.wake();
    const [followers, news, show] = [pgFollowers(database, onOwed), pgNews(database, { onOwed, onUnaddressed }), amounts()];
    const sendNews = new QueueWorker(new SendNews({ news, transport: newsTransport, render: renderMail, show, publicUrl, now }), logger);
    const findContact = grpcContacts(host.peer('customer', customerV1.CustomerServiceService));
    const addressNews = new QueueWorker(new AddressNews({ news, findContact, headline: headlines(show), logger }), logger);
    const unsubscribeUrl = (token: string): string => `${publicUrl}/v1/unsubscribe/${token.replaceAll('-', '')}`;
    measureWaitingMails(host.metrics, ledger);
    const sendMails = new QueueWorker(
      new SendMails({ ledger, transport, render: renderMail, findInvoice, unsubscribeUrl, database, outbox, now, logger }),
      logger,
    );
    const texting = config.smsUrl === undefined ? undefined : textingBy(config.smsUrl, host);
    return {
      controllers: [
        MailOrderProgressOnOrder,
        OweNewsOnFacts,
        ...(texting ? [OweSmsOnOrder] : []),
        DeliveriesGrpc,
        InboxGrpc,
        FollowProductGrpc,
      ],
      providers: [
        provide(OrderMails, new OrderMails(show, publicUrl)),
        provide(QueueMail, new QueueMail(ledger)),
        provide(NewsDesk, new NewsDesk(followers, news)),
        provide(FollowParts, new FollowParts(followers, database)),
        provide(Deliveries, new Deliveries(ledger, database)),
        provide(InboxParts, new InboxParts(pgInbox(database), pgPreferences(database), database, { sms: texting !== undefined })),
        ...(texting ? [provide(SmsDesk, new SmsDesk(texting.book, show))] : []),
      ],
      background: [
        ...[sendMails, sendNews, addressNews, ...(texting ? [texting.sendSms] : [])].map(patiently),
        { name: 'pace of mails', start: () => Promise.resolve(), stop: async () => pace?.end() }, // after those who send: what still waits for its turn goes back
        schedules.every({ name: 'gather-digests', everyMs: digestEveryMs, work: async () => void (await news.gather()) }),
      ],
      auditFacts: pgAuditFacts(database),
      close: async () => {
        await transport.close();
        await newsTransport.close();
        await texting?.close();
      },
    };
  },
});

/** Where mails go. Production says no password, and nothing else, to a server without TLS. */
function smtpOf({ mode }: Pick<Host, 'mode'>, { smtpUrl, from, mailboxUrl, ca }: NotificationConfig): SmtpOptions {
  return {
    url: smtpUrl,
    from,
    needsTls: mode === 'production' && new URL(smtpUrl).username !== '',
    ...(mailboxUrl === undefined ? {} : { mailboxUrl }),
    ...(ca === undefined ? {} : { ca }),
  };
}

/** What has not ended when the drain has to go on is found by the next process. */
function patiently(background: Background): Background {
  return {
    name: background.name,
    start: () => background.start(),
    stop: () => Promise.race([background.stop(), sleep(drainMs, undefined, { ref: false })]),
  };
}

/** The second channel, where there is a provider for it. */
function textingBy(
  url: string,
  { database, now, logger, outside }: Host,
): { book: SmsBook; sendSms: Background; close: () => Promise<void> } {
  const sms = outside('sms', sandboxSms({ url }));
  const book = pgSmsBook(database, () => sendSms.wake());
  const sendSms = new QueueWorker(new SendSms({ book, sms, now, logger }), logger);
  return { book, sendSms, close: () => sms.close() };
}
