import { Unavailable } from '@tandem/messaging';
import { createTransport } from 'nodemailer';
import { Pool } from 'undici';
import { type MailTransport, type OutgoingMail, type Sending, unanswered } from '../domain/mail-transport.js';

export type SmtpOptions = {
  /** `smtp://host:port` or `smtps://user:password@host:port`. */
  readonly url: string;
  readonly from: string;
  /** A mailbox with an HTTP API that can be asked for a message id: the sandbox's. */
  readonly mailboxUrl?: string;
  /** At once; default 4. */
  readonly connections?: number;
  /** How long the server may take to be reached and to ask for the mail, and then to answer it, milliseconds; default 30 s and 10 min. Source: RFC 5321, 4.5.3.2. */
  readonly patience?: { readonly untilGivenMs: number; readonly untilAnsweredMs: number };
  /** Whether a server without TLS is refused: nothing is said to it. */
  readonly needsTls?: boolean;
  /** Certificates of authorities that are trusted instead of the usual ones, PEM. */
  readonly ca?: string;
  /** Resolves when the next mail may go, with `false` when none may any more: that one is not given to the server. Default at once. */
  readonly turn?: () => Promise<boolean> | undefined;
};

const usualPatience = { untilGivenMs: 30_000, untilAnsweredMs: 600_000 };
/** A connection nobody needs is closed after this, milliseconds: before servers close it. */
const idleMs = 10_000;

/** Mail over SMTP, pooled. */
export function smtpTransport(options: SmtpOptions): MailTransport & { close(): Promise<void> } {
  const { mailboxUrl, connections = 4 } = options;
  const smtp = openPool(options);
  const mailbox = mailboxUrl === undefined ? undefined : new Pool(mailboxUrl, { connections, headersTimeout: 5_000, bodyTimeout: 5_000 });
  const inHand = new Map<string, Promise<Sending>>();
  const send = (mail: OutgoingMail): Promise<Sending> => {
    const known = inHand.get(mail.messageId);
    if (known) return known;
    const sending = sendNow(smtp, options, mail).finally(() => inHand.delete(mail.messageId));
    inHand.set(mail.messageId, sending);
    return sending;
  };
  const find = async (messageId: string): Promise<boolean> => {
    const known = inHand.get(messageId);
    if (known) return (await known).kind === 'accepted';
    return mailbox !== undefined && isInMailbox(mailbox, messageId);
  };
  return {
    send,
    ...(mailbox ? { find } : {}),
    close: async () => {
      smtp.close({ force: true });
      await mailbox?.close();
    },
  };
}

type Smtp = ReturnType<typeof openPool>;

function openPool({ url, connections = 4, patience = usualPatience, needsTls = false, ca }: SmtpOptions) {
  const smtp = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    maxRequeues: 0, // else a mail whose connection broke is sent again unseen, also one that may have been taken
    connectionTimeout: 3_000,
    greetingTimeout: 3_000,
    socketTimeout: patience.untilAnsweredMs,
    idleTimeout: idleMs,
    ...(needsTls ? { requireTLS: true } : {}),
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  smtp.use('stream', (mail, next) => {
    const { onGiven } = mail.data as { onGiven?: () => void };
    mail.message?.processFunc((content) => content.once('end', () => onGiven?.())); // read to its end, before the end is written
    next();
  });
  return smtp;
}

async function sendNow(
  smtp: Smtp,
  { from, mailboxUrl, patience = usualPatience, turn }: SmtpOptions,
  mail: OutgoingMail,
): Promise<Sending> {
  if ((await turn?.()) === false) throw new Unavailable('smtp');
  const giving = new AbortController();
  const timer = setTimeout(() => giving.abort(new Error('the server did not ask for the mail')), patience.untilGivenMs);
  let isGiven = false;
  const onGiven = (): void => {
    isGiven = true;
    clearTimeout(timer); // from here on the server may have taken it: its answer is waited for
  };
  const { messageId, to, subject, html, text, headers, attachments = [] } = mail;
  const files = attachments.map(({ content, ...file }) => ({ ...file, content: Buffer.from(content) }));
  const message = { from, to: { name: '', address: to }, subject, html, text, messageId, headers: { ...headers }, attachments: files };
  try {
    const { response } = await smtp.sendMail({ ...message, signal: giving.signal, onGiven } as typeof message);
    return { kind: 'accepted', because: response };
  } catch (cause) {
    const error = cause as SmtpError;
    if (isGiven && error.responseCode === undefined && mailboxUrl === undefined) throw unanswered(error);
    return rejectionOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What nodemailer throws: `command` is the step that failed; without a `responseCode` it refused the mail itself, before the server could. */
type SmtpError = Error & { readonly code?: string; readonly command?: string; readonly responseCode?: number };

/** "Authentication required", "mechanism too weak", "invalid", "encryption required": said at any step, of us and not of the mail. Source: RFC 4954, 6. */
const notLetIn: readonly number[] = [530, 534, 535, 538];
/** "Message too large" is the one refusal of `MAIL FROM` that means the mail; the others mean its sender, who is the same for all. Source: RFC 1870, 6.1. */
const tooLarge = 552;

/**
 * A 5xx to a mail's recipient or content is a refusal for good, a 4xx a delay of this mail (greylisting, a full mailbox). Anything else is the server's
 * matter, and mails wait until it is mended: a wrong login or a sender that is not ours must not use them up. Source: RFC 5321, 4.2.1.
 */
function rejectionOf(error: SmtpError): Sending {
  const { code, command, responseCode } = error;
  const isOfThisMail = code === 'EENVELOPE' || code === 'EMESSAGE'; // not a greeting, a login or a connection
  if (isOfThisMail && responseCode === undefined) return { kind: 'rejected', because: error.message };
  const isOfTheServer = !isOfThisMail || responseCode === 421 || notLetIn.includes(responseCode ?? 0);
  if (isOfTheServer || (command === 'MAIL FROM' && responseCode !== tooLarge)) throw new Unavailable('smtp', { cause: error });
  if ((responseCode ?? 0) >= 500) return { kind: 'rejected', because: error.message };
  throw error;
}

async function isInMailbox(mailbox: Pool, messageId: string): Promise<boolean> {
  const { data, inHand } = await askMailbox(mailbox, messageId);
  if (data.length === 0 && inHand) throw new Error('the mailbox has the mail in hand: it may be kept yet');
  return data.length > 0;
}

async function askMailbox(mailbox: Pool, messageId: string): Promise<{ readonly data: readonly unknown[]; readonly inHand?: boolean }> {
  try {
    const answer = await mailbox.request({ method: 'GET', path: `/mailbox/messages?limit=1&messageId=${encodeURIComponent(messageId)}` });
    const body = (await answer.body.json()) as { data?: unknown[]; inHand?: boolean };
    if (answer.statusCode !== 200 || !body.data) throw new Error(`the mailbox answered ${answer.statusCode}`);
    return { ...body, data: body.data };
  } catch (cause) {
    throw new Unavailable('mailbox', { cause });
  }
}
