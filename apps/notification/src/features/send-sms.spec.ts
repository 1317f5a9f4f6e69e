import type { OrderConfirmedV1, OrderDeliveredV1, OrderRefundedV1, OrderShippedV1 } from '@tandem/contracts';
import { createLogger, newId, uuidOf } from '@tandem/host';
import { createSpecDatabase, deliver, eventually, type SpecDatabase } from '@tandem/host/testing';
import { done, ignored, Unavailable } from '@tandem/messaging';
import { pgPreferences } from '../adapters/pg-preferences.js';
import { pgSmsBook } from '../adapters/pg-sms-book.js';
import { amounts } from '../domain/amounts.js';
import { type Preferences, usualPreferences } from '../domain/mail-kind.js';
import { usualTiming } from '../domain/timing.js';
import type { OutgoingSms } from '../domain/sms.js';
import { OweSmsOnOrder, SmsDesk } from './owe-sms.consumer.js';
import { QueueWorker } from './queue-worker.js';
import { SendSms } from './send-sms.js';

const to = '+4915112345678';
const none: Preferences = { order: false, shipment: false, loyalty: false, marketing: false };

describe('a text message about an order', () => {
  let db: SpecDatabase;
  let sender: ReturnType<typeof aSender>;
  let phone: OutgoingSms[];
  let answer: (sms: OutgoingSms) => Promise<{ kind: 'accepted' } | { kind: 'rejected'; because: string }>;

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
  });
  beforeEach(async () => {
    await db.pool.query('TRUNCATE sms, channel_choice, delivery');
    phone = [];
    answer = () => Promise.resolve({ kind: 'accepted' });
    sender = aSender();
  });
  afterEach(() => sender.stop());
  afterAll(() => db.drop());

  const book = () => pgSmsBook(db.database, () => sender.wake());
  const aSender = () => {
    const sms = {
      send: async (outgoing: OutgoingSms) => {
        const outcome = await answer(outgoing);
        if (outcome.kind === 'accepted' && !phone.some(({ id }) => id === outgoing.id)) phone.push(outgoing);
        return outcome;
      },
    };
    const logger = createLogger('notification-spec', 'silent');
    return new QueueWorker(new SendSms({ book: book(), sms, now: () => new Date(), logger }), logger);
  };
  const choose = (owner: string, wanted: Partial<Preferences>, number = to) =>
    pgPreferences(db.database).replace(uuidOf('customer', owner), {
      preferences: usualPreferences,
      timing: usualTiming,
      sms: { to: number, topics: { ...none, ...wanted } },
    });
  const consumer = () => new OweSmsOnOrder(new SmsDesk(book(), amounts()));
  const anOrder = (ownerId: string, isGuest = false) => {
    const facts = { orderId: newId('order'), number: 'T-1', locale: 'de', customerId: isGuest ? null : ownerId };
    const amount = { amount: 1_250, currency: 'EUR' };
    return {
      confirmed: () => deliver(db.database, (tx) => consumer().confirmed({ ...facts, ownerId } as unknown as OrderConfirmedV1, tx)),
      shipped: () => deliver(db.database, (tx) => consumer().shipped(facts as unknown as OrderShippedV1, tx)),
      delivered: () => deliver(db.database, (tx) => consumer().delivered(facts as unknown as OrderDeliveredV1, tx)),
      refunded: (refundId: string) =>
        deliver(db.database, (tx) => consumer().refunded({ ...facts, refundId, amount } as unknown as OrderRefundedV1, tx)),
    };
  };
  const haveCome = (count: number) =>
    eventually(
      () => phone.length,
      (come) => come === count,
    );
  const statuses = async () =>
    (await db.pool.query<{ kind: string; status: string }>('SELECT kind, status FROM sms ORDER BY created_at, kind')).rows.map(
      ({ kind, status }) => `${kind} ${status}`,
    );

  it('goes to whoever chose its topic, once per fact, each refund being one; a guest is known by the confirmation', async () => {
    const [ada, bob, guest] = [newId('customer'), newId('customer'), newId('customer')];
    await choose(ada, { order: true });
    await choose(guest, { shipment: true }, '+33612345678');
    await sender.start();
    const [first, second] = [newId('refund'), newId('refund')];
    const [ofAda, ofBob, ofGuest] = [anOrder(ada), anOrder(bob), anOrder(guest, true)];
    expect([
      await ofAda.confirmed(),
      await ofAda.confirmed(),
      await ofAda.shipped(),
      await ofAda.refunded(first),
      await ofAda.refunded(second),
      await ofAda.refunded(second),
      await ofBob.confirmed(),
      await ofGuest.confirmed(),
      await ofGuest.delivered(),
    ]).toEqual([done, ignored('not-wanted'), ignored('not-wanted'), done, done, ...Array(3).fill(ignored('not-wanted')), done]);
    await haveCome(4);
    expect(phone.map((sms) => [sms.to, sms.text]).sort()).toEqual(
      [
        [to, 'Tandem: Danke für deine Bestellung T-1. Wir packen sie ein.'],
        [to, 'Tandem: 12,50 € für deine Bestellung T-1 sind auf dem Weg zurück zu dir.'],
        [to, 'Tandem: 12,50 € für deine Bestellung T-1 sind auf dem Weg zurück zu dir.'],
        ['+33612345678', 'Tandem: Deine Bestellung T-1 ist angekommen.'],
      ].sort(),
    );
  });

  it('goes to one number at most twenty times a day, whosever orders they are about; other numbers do not wait for it', async () => {
    const [ada, eve, bob] = [newId('customer'), newId('customer'), newId('customer')];
    await choose(ada, { order: true });
    await choose(eve, { order: true });
    await choose(bob, { order: true }, '+33612345678');
    for (let n = 0; n < 10; n += 1) for (const owner of [ada, eve]) expect(await anOrder(owner).confirmed()).toEqual(done);
    expect(await anOrder(eve).confirmed()).toEqual(ignored('not-wanted'));
    expect(await anOrder(bob).confirmed()).toEqual(done);
    await db.pool.query(`UPDATE sms SET created_at = created_at - interval '25 hours'`);
    expect(await anOrder(eve).confirmed()).toEqual(done);
    expect((await statuses()).filter((status) => status.endsWith('rejected'))).toHaveLength(1);
  });

  it('waits while the provider is away, under the same id, and is given up when it refuses', async () => {
    const [ada, nowhere] = [newId('customer'), newId('customer')];
    await choose(ada, { order: true });
    await choose(nowhere, { order: true }, '+9991234567');
    const tried: string[] = [];
    answer = ({ id }) => {
      tried.push(id);
      return Promise.reject(new Unavailable('sms'));
    };
    await sender.start();
    await anOrder(ada).confirmed();
    await eventually(
      () => tried.length,
      (count) => count === 1,
    );
    await eventually(statuses, ([first]) => first === 'order.confirmed due');
    answer = (sms) => Promise.resolve(sms.to === to ? { kind: 'accepted' } : { kind: 'rejected', because: 'nobody there' });
    await db.pool.query("UPDATE sms SET due_at = now() - interval '1 second'");
    await anOrder(nowhere).confirmed();
    await eventually(statuses, (found) => found.join() === 'order.confirmed sent,order.confirmed rejected');
    expect(phone.map(({ id }) => id)).toEqual(tried);
  });

  it('is not sent any more once its owner switched it off, or has another number', async () => {
    const [ada, bob] = [newId('customer'), newId('customer')];
    for (const owner of [ada, bob]) {
      await choose(owner, { order: true });
      await anOrder(owner).confirmed();
    }
    await choose(ada, { shipment: true });
    await choose(bob, { order: true }, '+33612345678');
    await sender.start();
    await eventually(statuses, (found) => found.every((status) => status === 'order.confirmed unwanted'));
    expect(phone).toEqual([]);
  });
});
