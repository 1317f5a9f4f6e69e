import { newUuid } from '@tandem/host';
import { eventually, type SpecSandbox, startSpecSandbox } from '@tandem/host/testing';
import { Unavailable } from '@tandem/messaging';
import type { SMTPServerOptions } from 'smtp-server';
import { isUnanswered, type OutgoingMail } from '../domain/mail-transport.js';
import { paceOf } from '../domain/pace.js';
import { selfSigned } from '../testing/certificate.js';
import { startMailServer } from '../testing/mail-server.js';
import { smtpTransport, type SmtpOptions } from './smtp-transport.js';

const from = 'Tandem <shop@tandem.example>';
const aMail = (to = 'ada@tandem.example'): OutgoingMail => ({
  messageId: `<${newUuid()}@mail.tandem.example>`,
  to,
  subject: 'Your order',
  text: 'Hello',
  html: '<p>Hello</p>',
  headers: {},
});

describe('the answer to a mail', () => {
  let sandbox: SpecSandbox;
  const open: { close(): Promise<void> }[] = [];
  const transportOf = (options: Partial<SmtpOptions>) => {
    const transport = smtpTransport({ url: sandbox.smtpUrl, from, ...options });
    open.push(transport);
    return transport;
  };
  const aServer = async () => {
    const server = await startMailServer();
    open.push(server);
    return server;
  };

  beforeAll(async () => {
    sandbox = await startSpecSandbox();
  });
  afterEach(async () => {
    await sandbox.ask('PUT', '/faults', { smtp: {} });
    await Promise.all(open.splice(0).map((opened) => opened.close()));
  });
  afterAll(() => sandbox.end());

  it('is not waited for of a mail that still waits for its turn when none may go any more: the server never hears of it', async () => {
    const server = await aServer();
    const pace = paceOf(
      0.001,
      () => performance.now(),
      () => new Promise(() => undefined),
    );
    const transport = transportOf({ url: `smtp://${server.at}`, turn: () => pace.turn('news') });
    expect(await transport.send(aMail())).toMatchObject({ kind: 'accepted' });
    const waiting = transport.send(aMail('bob@tandem.example'));
    pace.end();
    await expect(waiting).rejects.toThrow(Unavailable);
    expect(server.taken).toEqual(['ada@tandem.example']);
  });

  /** Asks again while the server was not given the mail: on a busy machine it may not have asked for it in time. */
  const given = <A>(ask: () => Promise<A>): Promise<A> =>
    ask().catch((error: unknown) => {
      if (error instanceof Unavailable) return given(ask);
      throw error;
    });

  it('is waited for longer than everything before it; the mail arrives once, also where it is asked for twice', async () => {
    await sandbox.ask('PUT', '/faults', { smtp: { latencyMs: 1_500 } });
    const transport = transportOf({ mailboxUrl: sandbox.url, patience: { untilGivenMs: 1_000, untilAnsweredMs: 60_000 } });
    const mail = aMail();
    const send = () => transport.send(mail);
    const [first, again, found] = await Promise.all([given(send), given(send), given(async () => transport.find?.(mail.messageId))]);
    expect([first, again.kind, found]).toEqual([{ kind: 'accepted', because: '250 OK: message queued' }, 'accepted', true]);
    const { data } = await sandbox.ask('GET', `/mailbox/messages?messageId=${encodeURIComponent(mail.messageId)}`);
    expect(data).toHaveLength(1);
  });

  it('that was not waited for is asked for: nobody says no while the mail may still be kept', async () => {
    await sandbox.ask('PUT', '/faults', { smtp: { latencyMs: 1_500 } });
    const transport = transportOf({ mailboxUrl: sandbox.url, patience: { untilGivenMs: 5_000, untilAnsweredMs: 300 } });
    const mail = aMail();
    await expect(transport.send(mail)).rejects.toThrow(Unavailable);
    const find = async () => transport.find?.(mail.messageId);
    const asked: unknown = await find().catch((error: unknown) => error);
    expect([asked instanceof Error, asked instanceof Unavailable]).toEqual([true, false]);
    expect(await eventually(find, (answer) => answer !== undefined)).toBe(true);
  });

  it('that never comes from a server that cannot be asked leaves the mail unanswered, and it was given once', async () => {
    const server = await aServer();
    const transport = transportOf({ url: `smtp://${server.at}`, patience: { untilGivenMs: 5_000, untilAnsweredMs: 500 } });
    const ends = await Promise.all(
      ['hang@a.example', 'cut@a.example'].map((to) => transport.send(aMail(to)).catch((error: unknown) => error)),
    );
    expect(ends.map(isUnanswered)).toEqual([true, true]);
    expect([await transport.send(aMail()), [...server.taken].sort()]).toMatchObject([
      { kind: 'accepted' },
      ['ada@tandem.example', 'cut@a.example', 'hang@a.example'],
    ]);
  });

  it('is not waited for from a server that never asked for the mail: it is away, and was given nothing', async () => {
    const server = await aServer();
    const transport = transportOf({ url: `smtp://${server.at}`, patience: { untilGivenMs: 500, untilAnsweredMs: 60_000 } });
    await expect(transport.send(aMail('deaf@a.example'))).rejects.toThrow(Unavailable);
    expect([await given(() => transport.send(aMail())), server.taken]).toMatchObject([{ kind: 'accepted' }, ['ada@tandem.example']]);
  });
});

describe('mail over TLS', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(() => Promise.all(open.splice(0).map((opened) => opened.close())));
  const send = async (options: Omit<SmtpOptions, 'from'>): Promise<unknown> => {
    const transport = smtpTransport({ from, ...options });
    const end: unknown = await transport.send(aMail()).catch((error: unknown) => error);
    await transport.close();
    return end;
  };

  it('goes to a server whose certificate is vouched for, and to no other', async () => {
    const { key, cert } = selfSigned();
    const server = await startMailServer({ secure: true, key, cert });
    open.push(server);
    const url = `smtps://${server.at}`;
    expect(await send({ url, ca: cert })).toMatchObject({ kind: 'accepted' });
    for (const options of [{ url }, { url, ca: selfSigned().cert }]) expect(await send(options)).toBeInstanceOf(Unavailable);
    expect(server.taken).toHaveLength(1);
  });

  it('says no password over a plain connection where it must not, and says it once the connection is secured', async () => {
    const { key, cert } = selfSigned();
    const heard: unknown[] = [];
    const logins: SMTPServerOptions = {
      allowInsecureAuth: true,
      onAuth: ({ password }, { secure }, done) => {
        heard.push([password, secure]);
        done(null, { user: 'shop' });
      },
    };
    const [plain, securable] = [await startMailServer(logins), await startMailServer({ ...logins, disabledCommands: [], key, cert })];
    open.push(plain, securable);
    const to = ({ at }: { at: string }) => ({ url: `smtp://shop:secret@${at}`, needsTls: true, ca: cert });
    expect(await send(to(plain))).toBeInstanceOf(Unavailable);
    expect(heard).toEqual([]);
    expect(await send(to(securable))).toMatchObject({ kind: 'accepted' });
    expect(heard).toEqual([['secret', true]]);
  });
});
