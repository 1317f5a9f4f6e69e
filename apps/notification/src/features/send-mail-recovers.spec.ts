import { newId, newUuid, uuidOf } from '@tandem/host';
import { createSpecDatabase, deliver, eventually, type SpecDatabase } from '@tandem/host/testing';
import { pino } from 'pino';
import { PgDeliveryLedger } from '../adapters/pg-delivery-ledger.js';
import { smtpTransport } from '../adapters/smtp-transport.js';
import { startRefusingServer } from '../testing/mail-server.js';
import { QueueMail } from './queue-mail.js';
import { QueueWorker } from './queue-worker.js';
import { mailsInHand, SendMails } from './send-mail.js';

const logger = pino({ level: 'silent' });

describe('mails of orders', () => {
  let db: SpecDatabase;
  let ledger: PgDeliveryLedger;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
    ledger = new PgDeliveryLedger(db.database, () => undefined);
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
    await db.pool.query('TRUNCATE delivery');
  });
  afterAll(() => db.drop());

  /** One that has waited for so many hours, and was tried every five seconds. */
  const waiting = async (to: string, hours: number) => {
    const cause = { id: newUuid(), type: 'order.confirmed.v1' };
    const [orderId, queueMail] = [newId('order'), new QueueMail(ledger)];
    const mail = { kind: 'order.confirmed', to, locale: 'en', subject: 'Hello', values: {} } as const;
    await deliver(db.database, (tx) => queueMail.run(tx, { mail, orderId, ownerId: newId('customer'), cause }));
    await db.pool.query("UPDATE delivery SET attempts = $2 * 720, queued_at = now() - $2 * interval '1 hour' WHERE order_id = $1", [
      uuidOf('order', orderId),
      hours,
    ]);
  };
  const start = async (codeFor: (to: string) => number | undefined) => {
    const server = await startRefusingServer(codeFor);
    const transport = smtpTransport({ url: `smtp://${server.at}`, from: 'Tandem <shop@tandem.example>', connections: mailsInHand });
    const sendMails = new SendMails({
      ledger,
      transport,
      render: () => ({ html: '<p>hi</p>', text: 'hi', version: 'abc' }),
      findInvoice: () => Promise.resolve(undefined),
      unsubscribeUrl: (token) => `https://shop.example/${token}`,
      database: db.database,
      outbox: db.outbox,
      now: () => new Date(),
      logger,
    });
    const worker = new QueueWorker(sendMails, logger);
    open.push(async () => void (await Promise.all([worker.stop(), transport.close()])), server.close);
    await worker.start();
    return server;
  };
  const mails = async () =>
    (
      await db.pool.query<{ to: string; status: string; dueIn: number }>(
        'SELECT recipient AS to, status, extract(epoch FROM due_at - now())::float8 AS "dueIn" FROM delivery ORDER BY recipient',
      )
    ).rows;

  it('after days without a server go to one that greylists in seconds', async () => {
    await waiting('old@tandem.example', 49);
    await waiting('young@tandem.example', 47);
    const known = new Set<string>();
    const server = await start((to) => (known.has(to) ? undefined : (known.add(to), 451)));
    const ends = await eventually(mails, (found) => found.every(({ status }) => status === 'sent' || status === 'failed'), 20_000);
    expect(ends.map(({ status }) => status)).toEqual(['sent', 'sent']);
    expect([server.refused.length, [...server.taken].sort()]).toEqual([2, ['old@tandem.example', 'young@tandem.example']]);
  });

  it('that a server does not take, which came back after days and went again, wait for seconds, and none is given up', async () => {
    for (const [to, hours] of [
      ['lucky', 49],
      ['old', 49],
      ['young', 47],
    ] as const)
      await waiting(`${to}@tandem.example`, hours);
    const server = await start((to) => (to.startsWith('lucky') && server.refused.length > 2 ? undefined : 421));
    const timesSince = (to: string) => server.refused.filter((one) => one.startsWith(to)).length;
    await eventually(
      () => [server.taken.length, timesSince('old'), timesSince('young')],
      ([taken = 0, ...times]) => taken === 1 && times.every((count) => count >= 3),
      40_000,
    );
    const found = await eventually(mails, (all) => all.every(({ status }) => status !== 'sending'));
    expect(found.map(({ to, status, dueIn }) => [to.split('@')[0], status, dueIn <= 11])).toEqual([
      ['lucky', 'sent', expect.anything()],
      ['old', 'queued', true],
      ['young', 'queued', true],
    ]);
  });

  it('do not wait for four others that the server was given and does not answer', async () => {
    for (let n = 0; n < 4; n += 1) await waiting('hang@tandem.example', 1);
    const server = await start(() => undefined);
    await eventually(
      () => server.taken.length,
      (count) => count === 4,
    );
    await waiting('ada@tandem.example', 0);
    const [ada] = await eventually(mails, ([first]) => first?.status === 'sent', 15_000);
    expect(ada?.to).toBe('ada@tandem.example');
  });
});
