import { createTransport } from 'nodemailer';
import { eventually } from '@tandem/host/testing';
import { type SandboxUnderTest, startSandbox } from '../testing/sandbox-under-test.js';

describe('the mailbox', () => {
  let sandbox: SandboxUnderTest;
  let friend: SandboxUnderTest;
  beforeAll(async () => {
    friend = await startSandbox();
    sandbox = await startSandbox({ RELAY_SMTP_URL: `smtp://127.0.0.1:${friend.smtpPort}` });
  });
  afterAll(async () => {
    await sandbox.end();
    await friend.end();
  });

  const send = async (mail: Record<string, unknown>): Promise<void> => {
    const transport = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort, ignoreTLS: true });
    await transport.sendMail({ from: 'Shop <shop@tandem.example>', subject: 'Hello', text: 'Hi', ...mail });
    transport.close();
  };
  const list = async (query: string, at = sandbox) => (await at.http.get(`/mailbox/messages?${query}`).expect(200)).body.data;

  it('keeps a mail with its headers, text and HTML', async () => {
    await send({
      to: 'Ada@Example.com',
      subject: 'Grüße — ¥500',
      text: 'Vielen Dank',
      html: '<b>Vielen Dank</b>',
      messageId: '<order.confirmed.ord_1@tandem.example>',
      headers: { 'X-Tandem-Event-Type': 'order.confirmed.v1', 'X-Tandem-Order-Id': 'ord_1' },
    });
    const [mail] = await list('to=ada@example.COM');
    expect(mail).toEqual({
      id: expect.stringMatching(/^mail_/),
      to: ['Ada@example.com'],
      from: 'shop@tandem.example',
      subject: 'Grüße — ¥500',
      receivedAt: expect.stringMatching(/Z$/),
    });
    const { body } = await sandbox.http.get(`/mailbox/messages/${mail.id}`).expect(200);
    expect(body).toEqual({
      ...mail,
      headers: expect.objectContaining({
        'x-tandem-event-type': 'order.confirmed.v1',
        'x-tandem-order-id': 'ord_1',
        'message-id': '<order.confirmed.ord_1@tandem.example>',
        subject: 'Grüße — ¥500',
      }),
      attachments: [],
      text: 'Vielen Dank',
      html: '<b>Vielen Dank</b>',
    });
  });

  it('finds a mail by its message id, in any case and with or without brackets', async () => {
    await send({ to: 'id@example.com', messageId: '<Find.Me@tandem.example>' });
    const found = await Promise.all(
      ['find.me@tandem.example', '<FIND.ME@tandem.example>', 'other@tandem.example'].map((id) =>
        list(`messageId=${encodeURIComponent(id)}`),
      ),
    );
    expect(found.map((mails) => mails.length)).toEqual([1, 1, 0]);
  });

  it('finds only whole addresses, every recipient of them', async () => {
    await send({ to: ['one@example.com', 'two@example.com'], bcc: 'three@example.com' });
    const found = await Promise.all(
      ['one@example.com', 'TWO@example.com', 'three@example.com', 'ne@example.com', 'example.com'].map((to) => list(`to=${to}`)),
    );
    expect(found.map((mails) => mails.length)).toEqual([1, 1, 1, 0, 0]);
  });

  it('shows a mail twice that was sent twice', async () => {
    await send({ to: 'twice@example.com', messageId: '<twice@tandem.example>' });
    await send({ to: 'twice@example.com', messageId: '<twice@tandem.example>' });
    expect(await list('to=twice@example.com')).toHaveLength(2);
  });

  it('keeps what it has accepted over a restart', async () => {
    await send({ to: 'kept@example.com' });
    sandbox = await sandbox.restart();
    expect(await list('to=kept@example.com')).toHaveLength(1);
  });

  it('says that a mail is in hand until it is kept, also one whose sender has left before the answer', async () => {
    const messageId = '<slow@tandem.example>';
    const asked = async () => (await sandbox.http.get(`/mailbox/messages?messageId=${encodeURIComponent(messageId)}`).expect(200)).body;
    expect(await asked()).toMatchObject({ data: [], inHand: false });
    await sandbox.http
      .put('/faults')
      .send({ smtp: { latencyMs: 1_500 } })
      .expect(200);
    const transport = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort, ignoreTLS: true, socketTimeout: 300 });
    await expect(transport.sendMail({ from: 'shop@tandem.example', to: 'slow@example.com', text: 'Hi', messageId })).rejects.toThrow(
      'Timeout',
    );
    expect(await asked()).toMatchObject({ data: [], inHand: true });
    await eventually(asked, ({ data, inHand }) => data.length === 1 && !inHand);
    await sandbox.http.put('/faults').send({ smtp: {} }).expect(200);
  });

  it('passes a copy on to the relay', async () => {
    await send({ to: 'relayed@example.com', subject: 'for eyes' });
    const copies = await eventually(
      () => list('to=relayed@example.com', friend),
      (found) => found.length > 0,
    );
    expect(copies).toMatchObject([{ subject: 'for eyes', to: ['relayed@example.com'] }]);
  });

  it('refuses for now while it is down, and takes the mail afterwards', async () => {
    await sandbox.http
      .put('/faults')
      .send({ smtp: { errorRate: 0, latencyMs: 0, down: true } })
      .expect(200);
    await expect(send({ to: 'down@example.com' })).rejects.toMatchObject({ responseCode: 421 });
    await sandbox.http
      .put('/faults')
      .send({ smtp: { errorRate: 1, latencyMs: 0, down: false } })
      .expect(200);
    await expect(send({ to: 'down@example.com' })).rejects.toMatchObject({ responseCode: 451 });
    await sandbox.http
      .put('/faults')
      .send({ smtp: { errorRate: 0, latencyMs: 0, down: false } })
      .expect(200);
    await send({ to: 'down@example.com' });
    expect(await list('to=down@example.com')).toHaveLength(1);
  });

  it('knows no mail by another id', async () => {
    await sandbox.http.get('/mailbox/messages/mail_none').expect(404);
  });
});
