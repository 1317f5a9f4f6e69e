import { type Caller, newId, type Refusal, toPublicId, uuidOf } from '@tandem/host';
import { createSpecDatabase, deliver, eventually, type SpecDatabase } from '@tandem/host/testing';
import { done, ignored, Unavailable } from '@tandem/messaging';
import { pino } from 'pino';
import { PgDeliveryLedger } from '../adapters/pg-delivery-ledger.js';
import { pgInbox } from '../adapters/pg-inbox.js';
import { pgPreferences } from '../adapters/pg-preferences.js';
import type { Delivery } from '../domain/delivery-ledger.js';
import { type MailKind, type Preferences, usualPreferences } from '../domain/mail-kind.js';
import { type Attachment, type MailTransport, type OutgoingMail, type Sending, unanswered } from '../domain/mail-transport.js';
import { usualTiming } from '../domain/timing.js';
import { Deliveries, DeliveriesGrpc } from './deliveries.grpc.js';
import { QueueMail } from './queue-mail.js';
import { QueueWorker } from './queue-worker.js';
import { SendMails } from './send-mail.js';

const now = new Date('2026-01-02T03:04:05.000Z');
const logger = pino({ level: 'silent' });
const said = '250 OK: queued as 1';

const wish = (preferences: Preferences) => ({ preferences, timing: usualTiming });

/** A server that does as it is told; what it takes is in its mailbox. */
function aServer() {
  const mailbox: OutgoingMail[] = [];
  const answers: (Sending | Error | Promise<Sending>)[] = [];
  const take = async (mail: OutgoingMail): Promise<Sending> => {
    const answer = await (answers.shift() ?? { kind: 'accepted', because: said });
    if (answer instanceof Error) throw answer;
    if (answer.kind === 'accepted') mailbox.push(mail);
    return answer;
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
  let sendMails: ReturnType<typeof aProcess> | undefined;

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
    ledger = new PgDeliveryLedger(db.database, () => sendMails?.wake());
  });
  afterEach(async () => {
    await sendMails?.stop();
    sendMails = undefined;
    await db.pool.query('TRUNCATE delivery');
  });
  afterAll(() => db.drop());

  const aProcess = (transport: MailTransport, findInvoice: (orderId: string) => Promise<Attachment | undefined>) =>
    new QueueWorker(
      new SendMails({
        ledger,
        transport,
        render: () => ({ html: '<p>hi</p>', text: 'hi', version: 'abc' }),
        findInvoice,
        unsubscribeUrl: (token) => `https://shop.example/v1/unsubscribe/${token}`,
        database: db.database,
        outbox: db.outbox,
        now: () => now,
        logger,
      }),
      logger,
    );
  const setUp = (server = aServer()) => {
    const invoices: Attachment[] = [];
    const queueMail = new QueueMail(ledger);
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
    const queue = (kind?: MailKind, source?: string) => deliver(db.database, (tx) => queueMail.run(tx, order(kind, source)));
    const start = async () => {
      sendMails = aProcess(server.transport, () => Promise.resolve(invoices[0]));
      await sendMails.start();
    };
    const deliveries = () => ledger.ofOrder(uuidOf('order', orderId));
    const become = (...statuses: Delivery['status'][]) =>
      eventually(deliveries, (found) => found.map(({ status }) => status).join() === statuses.join());
    /** Queues it, and waits until nothing is to be sent any more. */
    const send = async (kind?: MailKind, source?: string) => {
      if (!sendMails) await start();
      const answer = await queue(kind, source);
      await eventually(deliveries, (found) => found.every(({ status }) => status !== 'queued' && status !== 'sending'));
      return answer;
    };
    /** Whatever waits is due now: the database's clock cannot be moved. */
    const later = async () => {
      await db.pool.query("UPDATE delivery SET due_at = now() - interval '1 second' WHERE facts IS NOT NULL");
      sendMails?.wake();
    };
    const sent = async () => (await db.events(orderId)).map(({ type, data }) => [type, data['messageId']]);
    return { server, invoices, queue, start, send, become, deliveries, later, sent, orderId, ownerId: uuidOf('customer', owner) };
  };

  it('is sent once per fact, with the fact in its headers, and told of', async () => {
    const { server, send, sent, orderId, deliveries } = setUp();
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
    expect(await deliveries()).toMatchObject([{ status: 'sent', because: said, template: 'abc', messageId }]);
    expect((await db.pool.query('SELECT facts, mail FROM delivery')).rows).toEqual([{ facts: null, mail: null }]);
  });

  it('takes the invoice along where it belongs, and goes without one that is not ready', async () => {
    const invoice = { filename: 'INV-2026-000001.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-') };
    for (const invoices of [[invoice], []]) {
      const shop = setUp();
      shop.invoices.push(...invoices);
      for (const kind of ['order.confirmed', 'order.shipped'] as const) expect(await shop.send(kind)).toEqual(done);
      expect(shop.server.mailbox.map(({ attachments }) => attachments)).toEqual([undefined, invoices[0] && invoices]);
      await sendMails?.stop();
      sendMails = undefined;
    }
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

  /** What a process leaves that dies while it sends: its lease is over. */
  const died = () =>
    db.pool.query<{ messageId: string }>(
      `UPDATE delivery SET status = 'sending', attempts = 1, due_at = now() - interval '1 second' WHERE facts IS NOT NULL RETURNING message_id AS "messageId"`,
    );

  it("is not sent again when a process died between the server's yes and its note of it", async () => {
    const { server, queue, start, become, sent } = setUp();
    await queue();
    server.mailbox.push(...((await died()).rows as OutgoingMail[]));
    await start();
    await become('sent');
    expect(server.mailbox).toHaveLength(1);
    expect(await sent()).toHaveLength(1);
  });

  it('is sent when a process died before the server heard of it', async () => {
    const { server, queue, start, become } = setUp();
    await queue();
    await died();
    await start();
    await become('sent');
    expect(server.mailbox).toHaveLength(1);
  });

  it('waits while the server is away, and is sent once it is back; the inbox has it at once', async () => {
    const { server, queue, start, become, deliveries, ownerId } = setUp();
    server.answers.push(new Unavailable('smtp'));
    await start();
    expect(await queue()).toEqual(done);
    expect((await pgInbox(db.database).ofOwner(ownerId, null, 10)).notices.map(({ kind }) => kind)).toEqual(['order.confirmed']);
    await eventually(deliveries, ([mail]) => mail?.because === 'smtp is unavailable');
    await become('sent');
    expect(server.mailbox).toHaveLength(1);
  });

  it('that the server is slow to answer holds up its order only, and is sent once', async () => {
    const server = aServer();
    const [slow, quick] = [setUp(server), setUp(server)];
    let answer: (sending: Sending) => void = () => undefined;
    server.answers.push(new Promise<Sending>((resolve) => (answer = resolve)));
    await slow.start();
    await slow.queue();
    await slow.become('sending');
    await slow.queue('order.cancelled');
    await quick.queue();
    await quick.become('sent');
    expect((await slow.deliveries()).map(({ status }) => status)).toEqual(['sending', 'queued']);
    await slow.later(); // its lease is over, and it is in hand all the same
    await quick.send('order.cancelled');
    answer({ kind: 'accepted' });
    await slow.become('sent', 'sent');
    expect(server.mailbox.map(({ messageId }) => messageId)).toHaveLength(4);
    expect(new Set(server.mailbox.map(({ messageId }) => messageId)).size).toBe(4);
  });

  it('that is refused for good is bounced, with what the server said; later mails of its order go out', async () => {
    const { server, send, sent, deliveries } = setUp();
    server.answers.push({ kind: 'rejected', because: '550 no such\u0000 mailbox' });
    expect([await send(), await send('order.shipped')]).toEqual([done, done]);
    expect((await deliveries()).map(({ status, because }) => [status, because])).toEqual([
      ['bounced', '550 no such  mailbox'],
      ['sent', said],
    ]);
    expect((await sent()).map(([type]) => type)).toEqual(['notification.sent.v1']);
    expect([await send(), server.mailbox.length]).toEqual([done, 2]); // its fact again, e.g. by a replay
  });

  it('that was refused goes once more when an operator asks for it, to a corrected address if there is one; any other does not', async () => {
    const { server, queue, start, become, send, deliveries } = setUp();
    server.answers.push({ kind: 'rejected', because: '550 no such mailbox' });
    await start();
    await queue();
    await become('bounced');
    const desk = new DeliveriesGrpc(new Deliveries(ledger, db.database));
    const [{ id } = { id: '' }] = await deliveries();
    const clerk = { by: { kind: 'user', principal: { id: 'cus_9', kind: 'staff' } } } as unknown as Caller;
    const ask = (deliveryId: string = toPublicId('notice', id)) =>
      desk
        .resend({ deliveryId, to: 'ada@tandem.test', reason: 'a typing error' }, clerk)
        .catch(({ problem }: Refusal) => [problem.code, problem.detail]);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect([first, second].filter(Array.isArray)).toHaveLength(1);
    sendMails?.wake(); // whoever asked second may have held the row when it was looked for
    await become('sent');
    const resendings = [{ at: expect.any(Date), actor: 'cus_9', to: 'ada@tandem.test', reason: 'a typing error' }];
    expect(await deliveries()).toMatchObject([{ recipient: 'ada@tandem.test', status: 'sent', template: 'abc', resendings }]);
    expect(server.mailbox.map(({ to }) => to)).toEqual(['ada@tandem.test']);
    const unknown = newId('notice');
    expect([await ask(), await ask(unknown), await ask('nothing')]).toEqual([
      ['mail-not-resendable', expect.stringContaining(' is sent;')],
      ['not-found', `there is no mail ${unknown}`],
      ['not-found', 'there is no mail nothing'],
    ]);
    server.answers.push({ kind: 'rejected', because: '550 no' });
    await send('order.cancelled');
    await db.pool.query('UPDATE delivery SET facts = NULL'); // as a release before left what it had ended
    const [, cancelled] = await deliveries();
    expect(await ask(toPublicId('notice', cancelled?.id ?? ''))).toEqual(['mail-not-resendable', expect.stringMatching(/by hand/)]);
  });

  it('that was given up can be made again for 90 days after it was queued last; then what it was made from is forgotten, and it says so', async () => {
    const { server, send, deliveries } = setUp();
    server.answers.push({ kind: 'rejected', because: '550 no such mailbox' });
    await send();
    const [{ id } = { id: '' }] = await deliveries();
    const age = (days: number) => db.pool.query(`UPDATE delivery SET queued_at = now() - $2 * interval '1 day' WHERE id = $1`, [id, days]);
    const isKept = async () => (await db.pool.query('SELECT 1 FROM delivery WHERE id = $1 AND facts IS NOT NULL', [id])).rows.length === 1;
    await age(89);
    await send('order.shipped');
    expect(await isKept()).toBe(true);
    await age(91);
    await send('order.cancelled');
    expect(await isKept()).toBe(false);
    const clerk = { by: { kind: 'user', principal: { id: 'cus_9', kind: 'staff' } } } as unknown as Caller;
    const asked = new DeliveriesGrpc(new Deliveries(ledger, db.database)).resend(
      { deliveryId: toPublicId('notice', id), reason: 'the shopper called' },
      clerk,
    );
    await expect(asked).rejects.toMatchObject({
      problem: { code: 'mail-not-resendable', detail: expect.stringMatching(/forgotten: 90 days/) },
    });
    expect(await deliveries()).toMatchObject([{ status: 'bounced', because: '550 no such mailbox' }, {}, {}]);
  });

  it('that cannot go now is tried again later, before the later mails of its order, and has failed once it was put off for 48 hours in all', async () => {
    const { server, queue, start, become, later, deliveries } = setUp();
    server.answers.push(new Error('452 mailbox full'), unanswered('no answer'), new Error('452 mailbox full'));
    await start();
    for (const kind of ['order.confirmed', 'order.shipped'] as const) await queue(kind);
    const dueIn = async () =>
      (
        await db.pool.query<{ s: number }>(
          "SELECT extract(epoch FROM due_at - now())::float8 AS s FROM delivery WHERE kind = 'order.confirmed'",
        )
      ).rows[0]?.s ?? 0;
    await eventually(deliveries, ([first]) => first?.status === 'queued' && first.because === '452 mailbox full');
    expect(await dueIn()).toBeLessThanOrEqual(5);
    await later();
    await eventually(deliveries, ([first]) => first?.status === 'queued' && first.because.startsWith('the server has the mail'));
    expect(await dueIn()).toBeGreaterThan(600);
    expect([server.mailbox, (await deliveries())[1]?.status, (await ledger.oldestSeconds()) > 0]).toEqual([[], 'queued', true]);
    await db.pool.query("UPDATE delivery SET put_off_ms = put_off_ms + 47 * 3600000 WHERE kind = 'order.confirmed'");
    server.answers.unshift(new Error('452 mailbox full'));
    await later();
    await eventually(deliveries, ([first]) => first?.status === 'queued' && first.because === '452 mailbox full');
    await db.pool.query("UPDATE delivery SET put_off_ms = put_off_ms + 3600000 WHERE kind = 'order.confirmed'");
    await later();
    await become('failed', 'sent');
    expect(server.mailbox).toHaveLength(1);
  });

  it('that a process of a version without a queue has ended meanwhile is not sent', async () => {
    const { queue } = setUp();
    await queue();
    await db.pool.query("UPDATE delivery SET status = 'sent', sent_at = now()");
    expect([await ledger.take(1, 1_000, []), await ledger.nextDueMs([]), await ledger.oldestSeconds()]).toEqual([[], null, 0]);
  });

  it('that a version before has written goes as it was written, before the later mails of its order', async () => {
    const { queue, start, become, server, orderId, deliveries } = setUp();
    const messageId = `<order.confirmed.${orderId}@mail.tandem.example>`;
    const [to, subject] = ['ada@tandem.example', 'Hello'];
    const written = { messageId, to, subject, html: '<p>then</p>', text: 'then', headers: { 'X-Tandem-Order-Id': orderId } };
    await db.pool.query(
      `INSERT INTO delivery (id, order_id, kind, message_id, recipient, status, attempts, title, mail, template)
        VALUES ($1, $1, 'order.confirmed', $2, $3, 'queued', 0, $4, $5, 'old')`,
      [uuidOf('order', orderId), messageId, to, subject, { ...written, attachesInvoice: false }],
    );
    expect([await queue(), await queue('order.cancelled')]).toEqual([done, done]);
    await start();
    await become('sent', 'sent');
    expect(server.mailbox.map(({ text }) => text)).toEqual(['then', 'hi']);
    expect(server.mailbox[0]).toEqual(written);
    expect((await deliveries()).map(({ template }) => template)).toEqual(['old', 'abc']);
  });

  it('that a version without a queue left is queued by its fact, and asked for before it is sent', async () => {
    const { queue, start, become, later, server, orderId } = setUp();
    const left = (status: string) =>
      db.pool.query(
        "INSERT INTO delivery (id, order_id, kind, message_id, recipient, status) VALUES ($1, $1, 'order.confirmed', $2, 'ada@tandem.example', $3)",
        [uuidOf('order', orderId), `<order.confirmed.${orderId}@mail.tandem.example>`, status],
      );
    await left('sending');
    await queue();
    server.mailbox.push(...(await db.pool.query<OutgoingMail>('SELECT message_id AS "messageId" FROM delivery')).rows);
    await start();
    await later();
    await become('sent');
    expect(server.mailbox).toHaveLength(1);
    await db.pool.query('TRUNCATE delivery');
    server.mailbox.length = 0;
    await left('rejected');
    expect(await queue()).toEqual(done);
    await become('sent');
    expect(server.mailbox).toHaveLength(1);
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
    expect([await preferences.isOfMail(token.replaceAll('-', '')), await preferences.isOfMail('0'.repeat(32))]).toEqual([true, false]);
    expect(await preferences.of(ownerId)).toEqual(wish(usualPreferences));
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
