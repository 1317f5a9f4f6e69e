import { newUuid } from '@tandem/host';
import { type SpecSandbox, startSpecSandbox } from '@tandem/host/testing';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { mailTransportContract, type TransportBench } from '../domain/mail-transport.contract.js';
import type { OutgoingMail } from '../domain/mail-transport.js';
import { smtpTransport } from './smtp-transport.js';

const from = 'Tandem <shop@tandem.example>';
const newMail = (): OutgoingMail => {
  const id = newUuid();
  return {
    messageId: `<${id}@mail.tandem.example>`,
    to: `${id}@tandem.example`,
    subject: 'Your order €',
    text: 'Grüße',
    html: '<p>Grüße</p>',
    headers: { 'X-Tandem-Order-Id': id },
  };
};

describe('mail over SMTP to the sandbox', () => {
  let sandbox: SpecSandbox;
  let transport: ReturnType<typeof smtpTransport>;
  let bench: TransportBench;

  beforeAll(async () => {
    sandbox = await startSpecSandbox();
    transport = smtpTransport({ url: sandbox.smtpUrl, from, mailboxUrl: sandbox.url });
    if (!transport.find) throw new Error('the mailbox cannot be asked');
    bench = {
      transport: { ...transport, find: transport.find },
      newMail,
      newUnacceptable: () => ({ ...newMail(), text: 'x'.repeat(10_500_000) }),
      received: async (to) => {
        const listed = (await sandbox.ask('GET', `/mailbox/messages?to=${encodeURIComponent(to)}`))['data'] as { id: string }[];
        return Promise.all(
          listed.map(
            async ({ id }) =>
              (await sandbox.ask('GET', `/mailbox/messages/${id}`)) as Awaited<ReturnType<TransportBench['received']>>[number],
          ),
        );
      },
      whileAway: async (work) => {
        await sandbox.kill();
        return work().finally(() => sandbox.start());
      },
      whileRefusing: async (work) => {
        await sandbox.ask('PUT', '/faults', { smtp: { down: true } });
        return work().finally(() => sandbox.ask('PUT', '/faults', { smtp: {} }));
      },
    };
  });
  afterAll(async () => {
    await transport.close();
    await sandbox.end();
  });

  mailTransportContract(() => bench);
});

const refusal = (code: number) => Object.assign(new Error('no'), { responseCode: code });
/** What a server says at a step, by the recipient's name: `rcpt-550@`, `data-451@`. */
const answerTo = (step: string, address: string): Error | null => {
  const [at, code] = address.split('@')[0]?.split('-') ?? [];
  return at === step ? refusal(Number(code)) : null;
};

/** Also what it says of a sender, by the sender's name: `530@`. */
describe('mail over SMTP to a server with opinions', () => {
  let server: SMTPServer;
  const open: ReturnType<typeof smtpTransport>[] = [];
  let at: string;

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
      onMailFrom: ({ address }, _session, done) => done(address.startsWith('shop@') ? null : refusal(Number(address.split('@')[0]))),
      onRcptTo: ({ address }, _session, done) => done(answerTo('rcpt', address)),
      onData: (stream, { envelope }, done) => {
        stream.resume().on('end', () => done(answerTo('data', envelope.rcptTo[0]?.address ?? '')));
      },
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    at = `127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await Promise.all(open.map((transport) => transport.close()));
    await new Promise<void>((resolve) => server.close(resolve));
  });

  const transportOf = (sender = from, login = '') => {
    const transport = smtpTransport({ url: `smtp://${login}${at}`, from: sender });
    open.push(transport);
    return transport;
  };
  const end = (name: string, by = transportOf()) =>
    by.send({ ...newMail(), to: `${name}@tandem.example` }).then(
      ({ kind }) => kind,
      (error: unknown) => (error instanceof Error ? error.name : 'thrown'),
    );

  it('is refused for good by a 5xx to its recipient or its content', async () => {
    const by = transportOf();
    expect([await end('rcpt-550', by), await end('data-554', by), await end('ada', by)]).toEqual(['rejected', 'rejected', 'accepted']);
  });

  it('is late by a 4xx to its recipient or its content, greylisting say: no other mail waits for it', async () => {
    const by = transportOf();
    expect([await end('rcpt-452', by), await end('data-451', by), await end('ada', by)]).toEqual(['Error', 'Error', 'accepted']);
  });

  it('waits for a server that closes (421), that does not let us in, or that does not know us as a sender: none of that is its own fault', async () => {
    const ends = [
      end('rcpt-421'),
      end('rcpt-530'),
      end('data-535'),
      end('ada', transportOf(from, 'shop:wrong@')),
      ...['450', '530', '550', '553'].map((code) => end('ada', transportOf(`${code}@tandem.example`))),
    ];
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['Unavailable']));
  });

  it('is refused for good where it is too large for the server', async () => {
    expect(await end('ada', transportOf('552@tandem.example'))).toBe('rejected');
  });

  it('cannot ask a server without a mailbox', () => {
    expect(transportOf().find).toBeUndefined();
  });
});
