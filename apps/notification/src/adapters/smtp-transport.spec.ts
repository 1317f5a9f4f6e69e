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
  }, 30_000);
  afterAll(async () => {
    await transport.close();
    await sandbox.end();
  });

  mailTransportContract(() => bench);
});

/** What a server says of a recipient, by what stands before the @. */
describe('mail over SMTP to a server with opinions', () => {
  let server: SMTPServer;
  let transport: ReturnType<typeof smtpTransport>;
  let bouncer: ReturnType<typeof smtpTransport>;

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
      onRcptTo: ({ address }, _session, done) => {
        const code = Number(address.split('@')[0]);
        done(code === 250 ? null : Object.assign(new Error('no'), { responseCode: code }));
      },
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const at = `127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    transport = smtpTransport({ url: `smtp://${at}`, from });
    bouncer = smtpTransport({ url: `smtp://shop:wrong@${at}`, from });
  });
  afterAll(async () => {
    await Promise.all([transport.close(), bouncer.close()]);
    await new Promise<void>((resolve) => server.close(resolve));
  });

  const end = (code: number, by = transport) =>
    by.send({ ...newMail(), to: `${code}@tandem.example` }).then(
      ({ kind }) => kind,
      (error: unknown) => (error instanceof Error ? error.name : 'thrown'),
    );

  it('is refused for good by a 5xx to its recipient, and late by a 4xx: no other mail waits for it', async () => {
    expect([await end(250), await end(550), await end(452), await end(250)]).toEqual(['accepted', 'rejected', 'Error', 'accepted']);
  });

  it('waits for a server that closes (421), and for one that does not let us in', async () => {
    expect([await end(421), await end(250, bouncer)]).toEqual(['Unavailable', 'Unavailable']);
  });

  it('cannot ask a server without a mailbox', () => {
    expect(transport.find).toBeUndefined();
  });
});
