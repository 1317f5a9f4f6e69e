import { Unavailable } from '@tandem/messaging';
import { createTransport } from 'nodemailer';
import { Pool } from 'undici';
import type { MailTransport, Sending } from '../domain/mail-transport.js';

export type SmtpOptions = {
  /** `smtp://host:port` or `smtps://user:password@host:port`. */
  readonly url: string;
  readonly from: string;
  /** A mailbox with an HTTP API that can be asked for a message id: the sandbox's. */
  readonly mailboxUrl?: string;
};

/** Mail over SMTP, pooled. A 5xx reply is a refusal; anything else that is no yes is `Unavailable`. Source: RFC 5321, 4.2.1. */
export function smtpTransport({ url, from, mailboxUrl }: SmtpOptions): MailTransport & { close(): Promise<void> } {
  const smtp = createTransport({ url, pool: true, maxConnections: 4, connectionTimeout: 3_000, greetingTimeout: 3_000, socketTimeout: 10_000 } as never);
  const mailbox = mailboxUrl === undefined ? undefined : new Pool(mailboxUrl, { connections: 4, headersTimeout: 5_000, bodyTimeout: 5_000 });
  return {
    send: async ({ messageId, to, subject, html, text, headers }): Promise<Sending> => {
      try {
        await smtp.sendMail({ from, to, subject, html, text, messageId, headers: { ...headers } });
        return { kind: 'accepted' };
      } catch (cause) {
        const { responseCode, message } = cause as { responseCode?: number; message: string };
        if (responseCode !== undefined && responseCode >= 500) return { kind: 'rejected', because: message };
        throw new Unavailable('smtp', { cause });
      }
    },
    ...(mailbox ? { find: (messageId: string) => isInMailbox(mailbox, messageId) } : {}),
    close: async () => {
      smtp.close();
      await mailbox?.close();
    },
  };
}

async function isInMailbox(mailbox: Pool, messageId: string): Promise<boolean> {
  try {
    const answer = await mailbox.request({ method: 'GET', path: `/mailbox/messages?limit=1&messageId=${encodeURIComponent(messageId)}` });
    const body = (await answer.body.json()) as { data?: unknown[] };
    if (answer.statusCode !== 200 || !body.data) throw new Error(`the mailbox answered ${answer.statusCode}`);
    return body.data.length > 0;
  } catch (cause) {
    throw new Unavailable('mailbox', { cause });
  }
}
