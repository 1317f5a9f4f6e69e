import { type Mailbox, messageKeyOf } from '../domain/ports.js';

/** Reads what the journal notes of a mail. */
export type ReadHead = (raw: Uint8Array) => Promise<{ readonly subject: string; readonly messageId: string | undefined }>;

/** Takes mails in, and knows which of them it has in hand: whole, but neither kept nor refused yet. */
export class ReceiveMail {
  private readonly inHand = new Map<string, number>();

  constructor(
    private readonly mailbox: Mailbox,
    private readonly readHead: ReadHead,
    /** Resolves when a mail may be kept; a throw refuses it for now. */
    private readonly admit: () => Promise<void>,
  ) {}

  /** When it resolves the mail is kept for good, and the sender may be told so; also when the sender has left by then. */
  async run(envelope: { readonly from: string; readonly to: readonly string[] }, raw: Uint8Array): Promise<void> {
    const head = await this.readHead(raw);
    const key = messageKeyOf(head.messageId ?? '');
    this.count(key, 1);
    try {
      await this.admit();
      await this.mailbox.keep({ ...envelope, ...head, raw });
    } finally {
      this.count(key, -1);
    }
  }

  /** Whether a mail of this id may still be kept. Ask before the mailbox: then "no" of both means it is not coming. */
  hasInHand(messageId: string): boolean {
    return this.inHand.has(messageKeyOf(messageId));
  }

  private count(key: string, by: 1 | -1): void {
    const count = (this.inHand.get(key) ?? 0) + by;
    if (count === 0) this.inHand.delete(key);
    else this.inHand.set(key, count);
  }
}
