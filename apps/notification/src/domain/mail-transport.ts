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

export type Sending = { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly because: string };

/**
 * A way to send mail. Rejects with `Unavailable('smtp')` when the server did not say yes or no: the mail may have been taken. Rejects with any
 * other error when this mail alone cannot go now (a full mailbox). `rejected`: it never can. Proved by `mail-transport.contract.ts`.
 */
export type MailTransport = {
  send(mail: OutgoingMail): Promise<Sending>;
  /** Whether the server has the message already. Undefined where it cannot be asked: a repeat after a crash may then arrive twice. */
  readonly find?: (messageId: string) => Promise<boolean>;
};
