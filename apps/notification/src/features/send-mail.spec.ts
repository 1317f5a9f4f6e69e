import { newId } from '@tandem/host';
import { createSpecDatabase, deliver, plan, type SpecDatabase } from '@tandem/host/testing';
import { done, ignored, poison, Unavailable } from '@tandem/messaging';
import { PgDeliveryLedger } from '../adapters/pg-delivery-ledger.js';
import type { MailKind } from '../domain/mail.js';
import type { MailTransport, OutgoingMail, Sending } from '../domain/mail-transport.js';
import { SendMail } from './send-mail.js';

const now = new Date('2026-01-02T03:04:05.000Z');

/** A server that does as it is told; what it takes is in its mailbox. */
function aServer() {
  const mailbox: OutgoingMail[] = [];
  const answers: (Sending | Error)[] = [];
  const take = (mail: OutgoingMail): Promise<Sending> => {
    const answer = answers.shift() ?? { kind: 'accepted' };
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer.kind === 'accepted') mailbox.push(mail);
    return Promise.resolve(answer);
  };
  const transport: MailTransport = { send: take, find: (messageId) => Promise.resolve(mailbox.some((mail) => mail.messageId === messageId)) };
  return { mailbox, answers, transport };
}

describe('a mail', () => {
  let db: SpecDatabase;
  let ledger: PgDeliveryLedger;

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
    ledger = new PgDeliveryLedger(db.database);
  });
  afterAll(() => db.drop());

  const setUp = () => {
    const server = aServer();
    const render = () => ({ html: '<p>hi</p>', text: 'hi' });
    const sendMail = new SendMail({ ledger, transport: server.transport, render, outbox: db.outbox, now: () => now });
    const orderId = newId('order');
    const order = (kind: MailKind = 'order.confirmed', source = '') => ({
      mail: { kind, to: 'ada@tandem.example', subject: 'Hello', values: {} }, orderId, source, cause: { id: 'evt-1', type: `${kind}.v1` },
    });
    const send = (kind?: MailKind, source?: string) => deliver(db.database, (tx) => sendMail.run(tx, order(kind, source)));
    const planned = () => plan(db.database, (tx) => sendMail.run(tx, order()));
    const sent = async () => (await db.events(orderId)).map(({ type, data }) => [type, data['messageId']]);
    return { server, send, planned, sent, orderId };
  };

  it('is sent once per fact, with the fact in its headers, and told of', async () => {
    const { server, send, sent, orderId } = setUp();
    const messageId = `<order.confirmed.${orderId}@mail.tandem.example>`;
    expect([await send(), await send()]).toEqual([done, ignored('sent-already')]);
    expect(server.mailbox).toEqual([
      {
        messageId, to: 'ada@tandem.example', subject: 'Hello', html: '<p>hi</p>', text: 'hi',
        headers: { 'X-Tandem-Event-Type': 'order.confirmed.v1', 'X-Tandem-Event-Id': 'evt-1', 'X-Tandem-Order-Id': orderId },
      },
    ]);
    expect(await sent()).toEqual([['notification.sent.v1', messageId]]);
  });

  it('is one per kind, and one per refund', async () => {
    const { server, send } = setUp();
    const [first, second] = [newId('refund'), newId('refund')];
    for (const [kind, source] of [['order.confirmed', ''], ['order.refunded', first], ['order.refunded', second], ['order.refunded', first]] as const) await send(kind, source);
    expect(server.mailbox.map(({ messageId }) => messageId.split('.')[1])).toEqual(['confirmed', 'refunded', 'refunded']);
  });

  it('is not sent again when we died between the server\'s yes and our note of it', async () => {
    const { server, send, planned, sent } = setUp();
    const dying = await planned();
    if (dying.kind === 'act') await dying.act();
    expect(await sent()).toEqual([]);
    expect(await send()).toEqual(done);
    expect(server.mailbox).toHaveLength(1);
    expect(await sent()).toHaveLength(1);
  });

  it('is sent when we died before the server heard of it', async () => {
    const { server, send, planned } = setUp();
    await planned();
    expect(await send()).toEqual(done);
    expect(server.mailbox).toHaveLength(1);
  });

  it('waits while the server is away, and is sent once it is back', async () => {
    const { server, send } = setUp();
    server.answers.push(new Unavailable('smtp'));
    await expect(send()).rejects.toThrow(Unavailable);
    expect(await send()).toEqual(done);
    expect(server.mailbox).toHaveLength(1);
  });

  it('is poison when it is refused, which is remembered; a replay sends it once the server takes it', async () => {
    const { server, send, sent, orderId } = setUp();
    server.answers.push({ kind: 'rejected', because: '550 no such mailbox' }, { kind: 'rejected', because: '550 no such mailbox' });
    expect([await send(), await send()]).toEqual([poison('550 no such mailbox'), poison('550 no such mailbox')]);
    expect((await db.pool.query('SELECT status, reason FROM delivery WHERE message_id LIKE $1', [`%${orderId}%`])).rows).toEqual([{ status: 'rejected', reason: '550 no such mailbox' }]);
    expect([await send(), await sent()]).toEqual([done, [['notification.sent.v1', `<order.confirmed.${orderId}@mail.tandem.example>`]]]);
    expect((await db.pool.query('SELECT status, reason FROM delivery WHERE message_id LIKE $1', [`%${orderId}%`])).rows).toEqual([{ status: 'sent', reason: null }]);
  });
});
