/** A file that goes with a mail. */
export type Attachment = { readonly filename: string; readonly contentType: string; readonly content: Uint8Array };

export type OutgoingMail = {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments?: readonly Attachment[];
};

/** The invoice of an order, if it is ready; `undefined` also when it cannot be asked for now. Never rejects, and answers within a second: no mail waits for it. */
export type FindInvoice = (orderId: string) => Promise<Attachment | undefined>;

/** `because` is what the server said. */
export type Sending = { readonly kind: 'accepted'; readonly because?: string } | { readonly kind: 'rejected'; readonly because: string };

const unansweredName = 'Unanswered';

/** The server was given the whole mail, said neither yes nor no, and cannot be asked: it may take it yet. Not to be sent again for the next ten minutes. Source: RFC 5321, 4.5.3.2.6. */
export function unanswered(cause: unknown): Error {
  return Object.assign(new Error('the server has the mail, and did not say whether it takes it', { cause }), { name: unansweredName });
}

export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.name === unansweredName;
}

/**
 * A way to send mail. Rejects with `Unavailable('smtp')` when the server did not say yes or no; where it can be asked (`find`), the mail may have been
 * taken, else it was not. Rejects with any other error when this mail alone cannot go now: a full mailbox, `unanswered`. `rejected`: it never can.
 * A mail that is being sent is not sent beside itself: who asks for it again gets the answer of the first. Proved by `mail-transport.contract.ts`.
 */
export type MailTransport = {
  /** May wait for the server's answer as long as the server may take to give it: ten minutes. */
  send(mail: OutgoingMail): Promise<Sending>;
  /**
   * Whether the server has the message already. No means that it is not coming; while the server has it in hand this rejects, with an error that is not
   * `Unavailable`. Undefined where it cannot be asked: a repeat after a crash may then arrive twice.
   */
  readonly find?: (messageId: string) => Promise<boolean>;
};
