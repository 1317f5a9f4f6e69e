import { newId, uuidOf } from '@tandem/host';
import { createSpecDatabase, deliver, plan, type SpecDatabase } from '@tandem/host/testing';
import { done, ignored, poison, Unavailable } from '@tandem/messaging';
import { PgDeliveryLedger } from '../adapters/pg-delivery-ledger.js';
import { pgInbox } from '../adapters/pg-inbox.js';
import { pgPreferences } from '../adapters/pg-preferences.js';
import { type MailKind, type Preferences, usualPreferences } from '../domain/mail-kind.js';
import type { Attachment, MailTransport, OutgoingMail, Sending } from '../domain/mail-transport.js';
import { usualTiming } from '../domain/timing.js';
import { SendMail } from './send-mail.js';

const now = new Date('2026-01-02T03:04:05.000Z');

const wish = (preferences: Preferences) => ({ preferences, timing: usualTiming });

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
  const transport: MailTransport = {
    send: take,
    find: (messageId) => Promise.resolve(mailbox.some((mail) => mail.messageId === messageId)),
  };
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
    const invoices: Attachment[] = [];
    const sendMail = new SendMail({
      ledger,
      transport: server.transport,
      render,
      findInvoice: () => Promise.resolve(invoices[0]),
      unsubscribeUrl: (token) => `https://shop.example/v1/unsubscribe/${token}`,
      outbox: db.outbox,
      now: () => now,
    });
    const orderId = newId('order');
    const owner = newId('customer');
    const order = (kind: MailKind = 'order.confirmed', source = '') => ({
      mail: { kind, to: 'ada@tandem.example', locale: 'en' as const, subject: 'Hello', values: {} },
      orderId,
      ownerId: kind === 'order.confirmed' ? owner : null,
      source,
      attachesInvoice: kind === 'order.shipped',
      cause: { id: 'evt-1', type: `${kind}.v1` },
    });
    const send = (kind?: MailKind, source?: string) => deliver(db.database, (tx) => sendMail.run(tx, order(kind, source)));
    const planned = () => plan(db.database, (tx) => sendMail.run(tx, order()));
    const sent = async () => (await db.events(orderId)).map(({ type, data }) => [type, data['messageId']]);
    return { server, invoices, send, planned, sent, orderId, ownerId: uuidOf('customer', owner) };
  };

  it('is sent once per fact, with the fact in its headers, and told of', async () => {
    const { server, send, sent, orderId } = setUp();
    const messageId = `<order.confirmed.${orderId}@mail.tandem.example>`;
    expect([await send(), await send()]).toEqual([done, ignored('sent-already')]);
    expect(server.mailbox).toEqual([
      {
        messageId,
        to: 'ada@tandem.example',
        subject: 'Hello',
        html: '<p>hi</p>',
        text: 'hi',
        headers: { 'X-Tandem-Event-Type': 'order.confirmed.v1', 'X-Tandem-Event-Id': 'evt-1', 'X-Tandem-Order-Id': orderId },
      },
    ]);
    expect(await sent()).toEqual([['notification.sent.v1', messageId]]);
  });

  it('takes the invoice along where it belongs, and goes without one that is not ready', async () => {
    const invoice = { filename: 'INV-2026-000001.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-') };
    const [ready, early] = [setUp(), setUp()];
    ready.invoices.push(invoice);
    for (const { send } of [ready, early])
      for (const kind of ['order.confirmed', 'order.shipped'] as const) expect(await send(kind)).toEqual(done);
    expect([ready, early].map(({ server }) => server.mailbox.map(({ attachments }) => attachments))).toEqual([
      [undefined, [invoice]],
      [undefined, undefined],
    ]);
  });

  it('is one per kind, and one per refund', async () => {
    const { server, send } = setUp();
    const [first, second] = [newId('refund'), newId('refund')];
    for (const [kind, source] of [
      ['order.confirmed', ''],
      ['order.refunded', first],
      ['order.refunded', second],
      ['order.refunded', first],
    ] as const)
      await send(kind, source);
    expect(server.mailbox.map(({ messageId }) => messageId.split('.')[1])).toEqual(['confirmed', 'refunded', 'refunded']);
  });

  it('about a parcel is one per kind and parcel; it carries the way to switch such mails off, and stands in the inbox', async () => {
    const { server, send, sent, ownerId } = setUp();
    const [first, second] = [newId('shipment'), newId('shipment')];
    await send('order.confirmed');
    const told = [
      ['order.parcel-lost', first],
      ['order.parcel-lost', first],
      ['order.parcel-returned', first],
      ['order.parcel-lost', second],
    ] as const;
    const answers = [];
    for (const [kind, parcel] of told) answers.push(await send(kind, parcel));
    expect(answers).toEqual([done, ignored('sent-already'), done, done]);
    expect(await sent()).toHaveLength(4);
    expect(server.mailbox.slice(1).map(({ headers }) => headers['List-Unsubscribe-Post'])).toEqual(
      Array(3).fill('List-Unsubscribe=One-Click'),
    );
    const { notices } = await pgInbox(db.database).ofOwner(ownerId, null, 10);
    expect(notices.map(({ kind }) => kind)).toEqual(['order.parcel-lost', 'order.parcel-returned', 'order.parcel-lost', 'order.confirmed']);
  });

  it("is not sent again when we died between the server's yes and our note of it", async () => {
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
    expect((await db.pool.query('SELECT status, reason FROM delivery WHERE message_id LIKE $1', [`%${orderId}%`])).rows).toEqual([
      { status: 'rejected', reason: '550 no such mailbox' },
    ]);
    expect([await send(), await sent()]).toEqual([done, [['notification.sent.v1', `<order.confirmed.${orderId}@mail.tandem.example>`]]]);
    expect((await db.pool.query('SELECT status, reason FROM delivery WHERE message_id LIKE $1', [`%${orderId}%`])).rows).toEqual([
      { status: 'sent', reason: null },
    ]);
  });

  it('is withheld where its owner does not want its topic, unless it is about money; the inbox has it all the same', async () => {
    const { server, send, ownerId } = setUp();
    const [preferences, inbox] = [pgPreferences(db.database), pgInbox(db.database)];
    expect(await preferences.of(ownerId)).toEqual({
      preferences: { order: true, shipment: true, loyalty: true, marketing: false },
      timing: usualTiming,
    });
    await preferences.replace(ownerId, wish({ order: false, shipment: false, loyalty: true, marketing: false }));
    expect([
      await send('order.confirmed'),
      await send('order.shipped'),
      await send('order.cancelled'),
      await send('order.shipped'),
    ]).toEqual([done, ignored('not-wanted'), done, ignored('not-wanted')]);
    expect(server.mailbox.map(({ messageId }) => messageId.split('.')[1])).toEqual(['confirmed', 'cancelled']);
    const { notices, next } = await inbox.ofOwner(ownerId, null, 2);
    expect(notices.map(({ kind, title, readAt }) => [kind, title, readAt])).toEqual([
      ['order.cancelled', 'Hello', null],
      ['order.shipped', 'Hello', null],
    ]);
    const older = await inbox.ofOwner(ownerId, next, 2);
    expect([older.notices.map(({ kind }) => kind), older.next]).toEqual([['order.confirmed'], null]);
    const noticeId = notices[0]?.id ?? '';
    const first = await db.database.transaction((tx) => inbox.read(tx, ownerId, noticeId));
    expect(first?.readAt).toBeInstanceOf(Date);
    expect(await db.database.transaction((tx) => inbox.read(tx, ownerId, noticeId))).toEqual(first);
    expect(await db.database.transaction((tx) => inbox.read(tx, uuidOf('customer', newId('customer')), noticeId))).toBeUndefined();
  });

  it('can be switched off by one request, for the owner and the address; the account’s own choice counts again later', async () => {
    const { server, send, ownerId } = setUp();
    const preferences = pgPreferences(db.database);
    await send('order.confirmed');
    await send('order.shipped');
    const [confirmed, shipped] = server.mailbox;
    expect(confirmed?.headers['List-Unsubscribe']).toBeUndefined();
    expect(shipped?.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    const [, token = ''] =
      /^<https:\/\/shop\.example\/v1\/unsubscribe\/([0-9a-f-]+)>$/.exec(shipped?.headers['List-Unsubscribe'] ?? '') ?? [];
    expect([await preferences.unsubscribe(token.replaceAll('-', '')), await preferences.unsubscribe('0'.repeat(32))]).toEqual([
      true,
      false,
    ]);
    expect(await preferences.of(ownerId)).toEqual(wish({ ...usualPreferences, shipment: false }));
    expect([await send('order.delivered'), await setUp().send('order.shipped')]).toEqual([ignored('not-wanted'), ignored('not-wanted')]);
    await preferences.replace(ownerId, wish(usualPreferences));
    await db.pool.query("DELETE FROM delivery WHERE kind = 'order.delivered'");
    expect(await send('order.delivered')).toEqual(done);
    await db.pool.query('DELETE FROM preference');
  });
});
