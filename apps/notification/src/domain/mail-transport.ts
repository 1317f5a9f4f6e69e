export type OutgoingMail = {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

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
