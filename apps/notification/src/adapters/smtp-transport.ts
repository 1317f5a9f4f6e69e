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
  /** At once; default 4. */
  readonly connections?: number;
};

/** Mail over SMTP, pooled. */
export function smtpTransport({ url, from, mailboxUrl, connections = 4 }: SmtpOptions): MailTransport & { close(): Promise<void> } {
  const smtp = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    connectionTimeout: 3_000,
    greetingTimeout: 3_000,
    socketTimeout: 10_000,
  } as never);
  const mailbox = mailboxUrl === undefined ? undefined : new Pool(mailboxUrl, { connections, headersTimeout: 5_000, bodyTimeout: 5_000 });
  return {
    send: async ({ messageId, to, subject, html, text, headers, attachments = [] }): Promise<Sending> => {
      try {
        await smtp.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          html,
          text,
          messageId,
          headers: { ...headers },
          attachments: attachments.map(({ content, ...file }) => ({ ...file, content: Buffer.from(content) })),
        });
        return { kind: 'accepted' };
      } catch (error) {
        return rejectionOf(error as SmtpError);
      }
    },
    ...(mailbox ? { find: (messageId: string) => isInMailbox(mailbox, messageId) } : {}),
    close: async () => {
      smtp.close();
      await mailbox?.close();
    },
  };
}

/** What nodemailer throws: `command` is the step that failed; without a `responseCode` it refused the mail itself, before the server could. */
type SmtpError = Error & { readonly code?: string; readonly command?: string; readonly responseCode?: number };

/** A 5xx reply to this mail is a refusal for good, a 4xx to its recipient a delay of this mail. Anything else is the server's matter. Source: RFC 5321, 4.2.1. */
function rejectionOf(error: SmtpError): Sending {
  const { code, command, responseCode } = error;
  const isOfThisMail = code === 'EENVELOPE' || code === 'EMESSAGE'; // not a greeting, a login or a connection
  if (isOfThisMail && (responseCode === undefined || responseCode >= 500)) return { kind: 'rejected', because: error.message };
  if (isOfThisMail && command === 'RCPT TO' && responseCode !== 421) throw error;
  throw new Unavailable('smtp', { cause: error });
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
