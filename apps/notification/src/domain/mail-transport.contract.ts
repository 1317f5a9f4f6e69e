import type { MailTransport, OutgoingMail } from './mail-transport.js';

/** A transport under test that can be asked, and the mailbox behind it. */
export type TransportBench = {
  readonly transport: MailTransport & { readonly find: NonNullable<MailTransport['find']> };
  newMail(): OutgoingMail;
  /** What the server will never take. */
  newUnacceptable(): OutgoingMail;
  /** What has arrived for an address. */
  received(to: string): Promise<
    readonly {
      readonly subject: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
      readonly html: string;
    }[]
  >;
  /** Nobody listens at the server's address while `work` runs. */
  whileAway<T>(work: () => Promise<T>): Promise<T>;
  /** The server refuses everybody for now while `work` runs. */
  whileRefusing<T>(work: () => Promise<T>): Promise<T>;
};

/** What every adapter of `MailTransport` has to hold to. */
export function mailTransportContract(bench: () => TransportBench): void {
  it('delivers a mail as it was given, with its own headers and Message-ID', async () => {
    const mail = bench().newMail();
    expect(await bench().transport.send(mail)).toMatchObject({ kind: 'accepted', because: expect.stringMatching(/^250/) as string });
    const [arrived, ...more] = await bench().received(mail.to);
    expect(more).toEqual([]);
    expect(arrived).toMatchObject({
      subject: mail.subject,
      headers: { 'message-id': mail.messageId, 'x-tandem-order-id': mail.headers['X-Tandem-Order-Id'] },
    });
    expect([arrived?.text.trim(), arrived?.html.trim()]).toEqual([mail.text, mail.html]);
  });

  it('finds a mail by its id once the server has it, and not before', async () => {
    const mail = bench().newMail();
    expect(await bench().transport.find(mail.messageId)).toBe(false);
    await bench().transport.send(mail);
    expect(await bench().transport.find(mail.messageId)).toBe(true);
  });

  it('says why a mail was refused for good; the next one is taken', async () => {
    expect(await bench().transport.send(bench().newUnacceptable())).toEqual({
      kind: 'rejected',
      because: expect.stringMatching(/./) as string,
    });
    expect(await bench().transport.send(bench().newMail())).toMatchObject({
      kind: 'accepted',
      because: expect.stringMatching(/^250/) as string,
    });
  });

  it('sends to the one address it was given, whatever that looks like', async () => {
    const mail = { ...bench().newMail(), to: 'a@tandem.example, b@tandem.example' };
    expect((await bench().transport.send(mail)).kind).toBe('rejected');
    expect([await bench().received('a@tandem.example'), await bench().received('b@tandem.example')]).toEqual([[], []]);
  });

  it('is unavailable while nobody listens or everybody is refused; then nothing has arrived, and the mail goes out afterwards', async () => {
    const mail = bench().newMail();
    const unavailable = { name: 'Unavailable' };
    const send = () =>
      bench()
        .transport.send(mail)
        .catch((error: unknown) => error);
    const both = () =>
      Promise.all([
        send(),
        bench()
          .transport.find(mail.messageId)
          .catch((error: unknown) => error),
      ]);
    expect(await bench().whileRefusing(send)).toMatchObject({ ...unavailable, system: 'smtp' });
    expect(await bench().whileAway(both)).toMatchObject([{ ...unavailable, system: 'smtp' }, unavailable]);
    expect(await bench().transport.send(mail)).toMatchObject({ kind: 'accepted', because: expect.stringMatching(/^250/) as string });
    expect(await bench().received(mail.to)).toHaveLength(1);
  });
}
