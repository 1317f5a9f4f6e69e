import type { Mail, Mailbox, MailContent, Page, PageRequest } from '../domain/ports.js';

/** Every mail the sandbox ever accepted. */
export class ReadMail {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly read: (raw: Uint8Array) => Promise<MailContent>,
  ) {}

  list(
    { to, messageId }: { readonly to?: string | undefined; readonly messageId?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Mail>> {
    return this.mailbox.mails({ to, messageId }, page);
  }

  async one(id: string): Promise<{ readonly mail: Mail; readonly content: MailContent } | undefined> {
    const mail = await this.mailbox.find(id);
    return mail && { mail, content: await this.read(mail.raw) };
  }
}
