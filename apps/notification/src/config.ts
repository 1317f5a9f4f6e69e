import { type Environment, loadConfig } from '@tandem/host';
import { z } from 'zod';

const schema = z.object({
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'an SMTP server, e.g. smtp://127.0.0.1:2525' }),
  MAIL_FROM: z.string().min(3, 'a sender, e.g. Tandem <shop@example.com>').default('Tandem <shop@tandem.example>'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'the address shoppers reach the storefront at, e.g. https://shop.example.com' })
    .default('http://localhost:3000'),
  MAILBOX_URL: z
    .url({ protocol: /^https?$/, error: 'the HTTP address of a mailbox that can be asked for a message id, e.g. http://127.0.0.1:3100' })
    .optional(),
  SMTP_RATE_PER_SECOND: z.coerce.number('mails per second, e.g. 14').positive('more than 0').max(10_000, 'at most 10000').optional(),
  SMTP_CA: z.string().startsWith('-----BEGIN CERTIFICATE-----', 'certificates as PEM').optional(),
  SMS_URL: z
    .url({ protocol: /^https?$/, error: 'the HTTP address of the provider of text messages, e.g. http://127.0.0.1:3100' })
    .optional(),
});

export type NotificationConfig = {
  readonly smtpUrl: string;
  readonly from: string;
  readonly mailboxUrl: string | undefined;
  readonly publicUrl: string;
  /** Mails per second of this process, of orders and of news together; undefined for no limit. */
  readonly ratePerSecond: number | undefined;
  /** Whom the mail server's certificate is believed by, PEM; undefined for the usual authorities. */
  readonly ca: string | undefined;
  /** Without one text messages are not offered. */
  readonly smsUrl: string | undefined;
};

export function notificationConfig(env: Environment): NotificationConfig {
  const { SMTP_URL, MAIL_FROM, MAILBOX_URL, PUBLIC_URL, SMTP_RATE_PER_SECOND, SMTP_CA, SMS_URL } = loadConfig(schema, env);
  return {
    smtpUrl: SMTP_URL,
    from: MAIL_FROM,
    mailboxUrl: MAILBOX_URL,
    publicUrl: PUBLIC_URL.replace(/\/$/, ''),
    ratePerSecond: SMTP_RATE_PER_SECOND,
    ca: SMTP_CA,
    smsUrl: SMS_URL,
  };
}
