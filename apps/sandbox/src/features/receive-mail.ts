import type { Mailbox } from '../domain/ports.js';

/** Takes a mail in. When it resolves the mail is kept for good, and the sender may be told so. */
export class ReceiveMail {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly readHead: (raw: Uint8Array) => Promise<{ readonly subject: string; readonly messageId: string | undefined }>,
  ) {}

  async run(envelope: { readonly from: string; readonly to: readonly string[] }, raw: Uint8Array): Promise<void> {
    await this.mailbox.keep({ ...envelope, ...(await this.readHead(raw)), raw });
  }
}
