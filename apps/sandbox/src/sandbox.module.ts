import { setTimeout as sleep } from 'node:timers/promises';
import { type Background, type Composition, defineService, type Host, newUuid, provide } from '@tandem/host';
import type { Logger } from 'pino';
import { printLabel } from './adapters/label-printer.js';
import { createMailRelay } from './adapters/mail-relay.js';
import { readHead, readMail } from './adapters/mail-reader.js';
import { pgChargeBook } from './adapters/pg-charge-book.js';
import { pgFaultStore } from './adapters/pg-fault-store.js';
import { pgLabelBook } from './adapters/pg-label-book.js';
import { type PgMailbox, pgMailbox } from './adapters/pg-mailbox.js';
import { pgSmsBook } from './adapters/pg-sms-book.js';
import { pgWebhookInbox } from './adapters/pg-webhook-inbox.js';
import { pgWebhookJournal } from './adapters/pg-webhook-journal.js';
import type { Pump } from './adapters/pump.js';
import { openSmtpDoor, type SmtpDoor, type SmtpOptions } from './adapters/smtp-door.js';
import { createWebhookDelivery } from './adapters/webhook-delivery.js';
import { isSignedWith } from './adapters/webhook-signature.js';
import { type SandboxConfig, sandboxConfig } from './config.js';
import { BankHttp } from './features/bank.http.js';
import { readBodies } from './features/bodies.js';
import { ChargeCard } from './features/charge-card.js';
import { KeepWebhooks } from './features/keep-webhooks.js';
import { observe } from './features/observe.js';
import { PrintLabel } from './features/print-label.js';
import { ReadBank } from './features/read-bank.js';
import { ReadBankHttp } from './features/read-bank.http.js';
import { ReadLabels } from './features/read-labels.js';
import { ReadMail } from './features/read-mail.js';
import { ReadMailHttp } from './features/read-mail.http.js';
import { ReceiveMail } from './features/receive-mail.js';
import { RefundCharge } from './features/refund-charge.js';
import { SendSms } from './features/send-sms.js';
import { SendSmsHttp } from './features/send-sms.http.js';
import { SettleCharge } from './features/settle-charge.js';
import { SettleChargeHttp } from './features/settle-charge.http.js';
import { Addresses, ShowAddressesHttp } from './features/show-addresses.http.js';
import { ShipParcel } from './features/ship-parcel.js';
import { ShipParcelHttp } from './features/ship-parcel.http.js';
import { Silence } from './features/silence.js';
import { StandFaults } from './features/stand-faults.js';
import { StandFaultsHttp } from './features/stand-faults.http.js';
import { KeepWebhooksHttp } from './features/keep-webhooks.http.js';

/** The outside world of the shop in development and tests: bank, carrier, mailbox, webhook receiver, and their faults. */
export const sandbox = defineService({
  name: 'sandbox',
  config: sandboxConfig,
  needs: { database: true, events: false },
  serves: {},
  publicPort: (config) => config.port,
  compose,
});

/** The journals stand in PostgreSQL; an answer is given only once its rows are committed. */
function compose({ database, base, logger, metrics, now }: Host, config: SandboxConfig): Composition {
  const newId = (prefix: string): string => `${prefix}_${newUuid().replaceAll('-', '')}`;
  const webhooks = pgWebhookJournal(database);
  const delivery = createWebhookDelivery({ targets: config.webhooks, journal: webhooks, now, logger });
  const charges = pgChargeBook(database, newId, delivery.wake);
  const labels = pgLabelBook(database, newId, delivery.wake);
  const mailbox: PgMailbox = pgMailbox(database, { newId, wakeRelay: config.relayUrl ? () => relay?.wake() : undefined });
  const relay: Pump | null = config.relayUrl ? createMailRelay(config.relayUrl, mailbox, logger) : null;
  const faults = new StandFaults(pgFaultStore(database), sleep);
  const [silence, addresses] = [new Silence(), new Addresses(config.serviceUrl)];
  const receiveMail = new ReceiveMail(mailbox, readHead, () => faults.pass('smtp'));
  const smtp = smtpServer(
    {
      ...config.smtp,
      host: base.httpListen?.host ?? '127.0.0.1',
      receive: (envelope, raw) => receiveMail.run(envelope, raw),
      greet: () => faults.greet('smtp'),
    },
    logger,
  );
  return {
    controllers: [
      ShowAddressesHttp,
      BankHttp,
      SettleChargeHttp,
      ReadBankHttp,
      ShipParcelHttp,
      ReadMailHttp,
      SendSmsHttp,
      KeepWebhooksHttp,
      StandFaultsHttp,
    ],
    providers: [
      provide(ChargeCard, new ChargeCard({ book: charges, webhooks, now, sleep })),
      provide(RefundCharge, new RefundCharge(charges)),
      provide(SettleCharge, new SettleCharge(charges, now)),
      provide(ReadBank, new ReadBank(charges, config.publicUrl)),
      provide(ShipParcel, new ShipParcel(labels, now, newId)),
      provide(ReadLabels, new ReadLabels(labels)),
      provide(PrintLabel, new PrintLabel(labels, printLabel)),
      provide(ReadMail, new ReadMail(mailbox, readMail, (messageId) => receiveMail.hasInHand(messageId))),
      provide(SendSms, new SendSms(pgSmsBook(database, newId))),
      provide(KeepWebhooks, new KeepWebhooks(pgWebhookInbox(database, newId), isSignedWith)),
      provide(StandFaults, faults),
      provide(Silence, silence),
      provide(Addresses, addresses),
    ],
    background: [
      pumping('webhook delivery', delivery),
      ...(relay ? [pumping('mail relay', relay)] : []),
      smtp,
      { name: 'callers without an answer', start: () => Promise.resolve(), stop: () => Promise.resolve(silence.end()) },
    ],
    prepare: (app) => {
      observe(app, metrics);
      addresses.listen(app);
      return Promise.resolve(readBodies(app, logger));
    },
  };
}

/** Takes up at the start what the last process left undone. */
function pumping(name: string, pump: Pump): Background {
  return { name, start: () => Promise.resolve(pump.wake()), stop: () => pump.stop() };
}

function smtpServer(options: SmtpOptions, logger: Logger): Background {
  let door: SmtpDoor | undefined;
  return {
    name: 'smtp',
    start: async () => {
      door = await openSmtpDoor(options);
      logger.info({ port: door.port }, 'smtp is open');
    },
    stop: async () => door?.close(),
  };
}
