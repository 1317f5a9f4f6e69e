import type { Mail, Mailbox, MailContent, Page, PageRequest } from '../domain/ports.js';

/** Every mail the sandbox ever accepted. */
export class ReadMail {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly read: (raw: Uint8Array) => Promise<MailContent>,
    private readonly hasInHand: (messageId: string) => boolean,
  ) {}

  /** `isInHand`: a mail of this message id has come in and may still be kept. */
  async list(
    { to, messageId }: { readonly to?: string | undefined; readonly messageId?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Mail> & { readonly isInHand: boolean }> {
    const isInHand = messageId !== undefined && this.hasInHand(messageId); // before the mailbox: what leaves the hand is in it
    return { ...(await this.mailbox.mails({ to, messageId }, page)), isInHand };
  }

  async one(id: string): Promise<{ readonly mail: Mail; readonly content: MailContent } | undefined> {
    const mail = await this.mailbox.find(id);
    return mail && { mail, content: await this.read(mail.raw) };
  }
}
