import type { PointsAvailableV1, StockChangedV1 } from '@tandem/contracts';
import { createLogger, newId, newUuid, type Refusal, toPublicId, uuidOf } from '@tandem/host';
import { aCaller, createSpecDatabase, deliver, eventually, type SpecDatabase } from '@tandem/host/testing';
import { done, ignored, type Message, Unavailable } from '@tandem/messaging';
import { pgFollowers } from '../adapters/pg-followers.js';
import { pgInbox } from '../adapters/pg-inbox.js';
import { pgNews } from '../adapters/pg-news.js';
import { pgPreferences } from '../adapters/pg-preferences.js';
import { renderMail } from '../adapters/render-mail.js';
import { amounts } from '../domain/amounts.js';
import type { MailTransport, OutgoingMail } from '../domain/mail-transport.js';
import { mostFollows } from '../domain/followers.js';
import { usualPreferences } from '../domain/mail-kind.js';
import type { Contact } from '../domain/news.js';
import type { Timing } from '../domain/timing.js';
import { AddressNews } from './address-news.js';
import { FollowParts, FollowProductGrpc } from './follow-product.grpc.js';
import { headlines } from './news-mail.js';
import { NewsDesk, OweNewsOnFacts } from './owe-news.consumer.js';
import { QueueWorker } from './queue-worker.js';
import { SendNews } from './send-news.js';

describe('followers of a product', () => {
  let db: SpecDatabase;
  let tell: ReturnType<typeof aProcess>;
  let address: { start(): Promise<void>; stop(): Promise<void>; wake(): void };
  let contactOf: (ownerId: string) => Contact | undefined;
  const nobody = newUuid();
  const logger = createLogger('notification-spec', 'silent');
  let mailbox: OutgoingMail[];
  let clock: Date;
  let fault: (mail: OutgoingMail) => Error | undefined;

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
  });
  beforeEach(async () => {
    await db.pool.query('TRUNCATE follower, followed_variant, telling, notice, mail_timing, preference');
    mailbox = [];
    clock = new Date();
    fault = () => undefined;
    contactOf = (ownerId) => (ownerId === nobody ? undefined : { email: 'ada@tandem.example', locale: 'en' });
    tell = aProcess();
    address = new QueueWorker(
      new AddressNews({ news: news(), findContact: async (ownerId) => contactOf(ownerId), headline: headlines(amounts()), logger }),
      logger,
    );
    await address.start();
  });
  afterEach(() => Promise.all([tell.stop(), address.stop()]));
  afterAll(() => db.drop());

  const news = () => pgNews(db.database, { onOwed: () => tell.wake(), onUnaddressed: () => address.wake() });
  const store = () => pgFollowers(db.database, () => tell.wake());
  const aProcess = () => {
    const transport: MailTransport = {
      send: async (mail) => {
        const error = fault(mail);
        if (error) throw error;
        mailbox.push(mail);
        return { kind: 'accepted' };
      },
      find: (messageId) => Promise.resolve(mailbox.some((mail) => mail.messageId === messageId)),
    };
    const parts = { news: news(), transport, render: renderMail, show: amounts(), publicUrl: 'https://shop.example', now: () => clock };
    return new QueueWorker(new SendNews(parts), logger);
  };
  const aGuest = () => aCaller({ kind: 'user', principal: { id: newId('customer'), kind: 'customer' } });
  const product = { id: newUuid(), title: 'Mug <b>', slug: 'mug', variantIds: [newUuid(), newUuid()] };
  const variantId = product.variantIds[1] ?? '';
  const follow = (email: string, ownerId = newUuid(), isOwn = false) =>
    db.database.transaction((tx) => store().follow(tx, { ownerId, email, isOwn, locale: 'de', product })).then(() => ownerId);
  const isBack = (eventId = newUuid(), at = new Date()) => db.database.transaction((tx) => store().owe(tx, { variantId, eventId, at }));
  const isStock = (stock: Pick<StockChangedV1, 'available' | 'because'> & { readonly availableBefore?: number }) =>
    deliver(db.database, (tx) => {
      const event = { variantId: toPublicId('variant', variantId), onHand: stock.available, at: new Date().toISOString(), ...stock };
      return new OweNewsOnFacts(new NewsDesk(store(), news())).back(event, tx, { id: newUuid() } as Message<StockChangedV1>);
    });
  const haveCome = (mails: number) =>
    eventually(
      () => mailbox.length,
      (count) => count === mails,
      10_000,
    );
  const tokenOf = (mail: OutgoingMail | undefined) =>
    /unsubscribe\/([0-9a-f]{32})/.exec(mail?.headers['List-Unsubscribe'] ?? '')?.[1] ?? '';
  const left = async () =>
    (await db.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM telling WHERE status IN ('due', 'sending')")).rows[0]?.n;

  it('are told once when any of its variants is back, in their language, and follow it no more', async () => {
    await tell.start();
    const owner = await follow('old@tandem.example');
    await follow('ada@tandem.example', owner);
    const eventId = newUuid();
    expect([await isBack(eventId), await isBack(eventId), await isBack()]).toEqual([1, 0, 0]);
    await haveCome(1);
    expect(mailbox[0]).toMatchObject({
      to: 'ada@tandem.example',
      subject: 'Mug <b> ist wieder da',
      headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    });
    expect(mailbox[0]?.html).toContain('Mug &lt;b&gt; ist wieder lieferbar.');
    expect(mailbox[0]?.text).toContain('https://shop.example/v1/products/mug');
    const token = tokenOf(mailbox[0]);
    await follow('ada@tandem.example', owner);
    expect(await pgPreferences(db.database).isOfMail(token)).toBe(true);
    expect(await pgPreferences(db.database).unsubscribe(token)).toBe(true);
    expect(await isBack()).toBe(0);
  });

  it('get one mail at one address, whoever named it, and none once it unsubscribed', async () => {
    await tell.start();
    for (const email of ['ada@tandem.example', 'ADA@tandem.example', 'Ada@Tandem.example', 'bob@tandem.example']) await follow(email);
    expect(await isBack()).toBe(2);
    await haveCome(2);
    expect(mailbox.map(({ to }) => to.toLowerCase()).sort()).toEqual(['ada@tandem.example', 'bob@tandem.example']);
    const toAda = mailbox.find(({ to }) => to.toLowerCase().startsWith('ada'));
    const token = tokenOf(toAda);
    for (const email of ['ada@tandem.example', 'ADA@tandem.example', 'bob@tandem.example']) await follow(email);
    expect(await pgPreferences(db.database).unsubscribe(token)).toBe(true);
    expect((await db.pool.query('SELECT email FROM follower')).rows).toEqual([{ email: 'bob@tandem.example' }]);
  });

  it('are so many at one address and no more, also when they ask at once', async () => {
    const grpc = new FollowProductGrpc(new FollowParts(store(), db.database));
    await db.pool.query(
      `INSERT INTO follower (product_id, owner_id, email, locale) SELECT $1, gen_random_uuid(), 'ada@tandem.example', 'en' FROM generate_series(2, $2::int) n`,
      [product.id, mostFollows],
    );
    const ask = (email: string, isOwn = false) => {
      const request = {
        productId: toPublicId('product', product.id),
        title: 'Mug',
        slug: 'mug',
        variantIds: [],
        email,
        isOwn,
        locale: 'en',
      };
      return grpc.follow(request, aGuest()).then(
        () => 'followed',
        ({ problem }: Refusal) => problem.errors,
      );
    };
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(n % 2 ? 'ada@tandem.example' : 'ADA@tandem.example')));
    const refused = [{ pointer: '/email', code: 'follows-too-much', message: `follows ${mostFollows} products already` }];
    expect(answers.filter((answer) => answer !== 'followed')).toEqual(Array.from({ length: 9 }, () => refused));
    expect([await ask('bob@tandem.example'), await ask('ada@tandem.example', true)]).toEqual(['followed', 'followed']);
  });

  it('are told when a variant had run out and returns, and not by corrections of one that was there', async () => {
    await follow('ada@tandem.example');
    const [wasThere, left] = [ignored('was-not-away'), { available: 4, because: 'adjusted' } as const];
    expect([
      await isStock({ ...left, availableBefore: 5 }),
      await isStock({ ...left, availableBefore: 1 }),
      await isStock(left),
      await isStock({ available: 0, availableBefore: 4, because: 'adjusted' }),
      await isStock({ available: 0, because: 'sold-out' }),
    ]).toEqual([wasThere, wasThere, wasThere, wasThere, wasThere]);
    expect(await isStock({ ...left, availableBefore: 0 })).toEqual(done);
    await follow('bob@tandem.example');
    expect(await isStock({ available: 1, because: 'back-in-stock' })).toEqual(done);
    await follow('cleo@tandem.example');
    expect(await isBack(newUuid(), new Date(Date.now() - 3_600_000))).toBe(0);
  });

  it('get nothing more that is owed already once their address clicked, and nobody follows for it but its account', async () => {
    const stranger = await follow('ada@tandem.example');
    await isBack();
    await tell.start();
    await haveCome(1);
    await tell.stop();
    await follow('Ada@tandem.example', stranger);
    await follow('bob@tandem.example');
    await isBack();
    const token = tokenOf(mailbox[0]);
    expect(await pgPreferences(db.database).unsubscribe(token)).toBe(true);
    tell = aProcess();
    await tell.start();
    await eventually(left, (count) => count === 0);
    expect(mailbox.map(({ to }) => to)).toEqual(['ada@tandem.example', 'bob@tandem.example']);
    const grpc = new FollowProductGrpc(new FollowParts(store(), db.database));
    const ask = (isOwn: boolean) => {
      const about = { productId: toPublicId('product', product.id), title: 'Mug', slug: 'mug', variantIds: [], locale: 'en' };
      return grpc.follow({ ...about, email: 'ADA@tandem.example', isOwn }, aGuest()).then(
        () => 'followed',
        ({ problem }: Refusal) => problem.errors?.map(({ pointer, code }) => [pointer, code]),
      );
    };
    const refused = [['/email', 'unsubscribed']];
    expect([await ask(false), await ask(true), await ask(false)]).toEqual([refused, 'followed', 'followed']);
    expect(await isBack()).toBe(1);
    await haveCome(3);
  });

  it('are told no more once they do not want to', async () => {
    const owner = await follow('ada@tandem.example');
    await store().unfollow(owner, product.id);
    expect(await isBack()).toBe(0);
  });

  it('are each told once, many of them, though the process dies twice on the way', async () => {
    await db.pool.query(`INSERT INTO followed_variant VALUES ($2, $1, 'Mug', 'mug')`, [product.id, variantId]);
    await db.pool.query(
      `INSERT INTO follower (product_id, owner_id, email, locale) SELECT $1, gen_random_uuid(), 'f' || n || '@tandem.example', 'en' FROM generate_series(1, 3000) n`,
      [product.id],
    );
    expect(await isBack()).toBe(3_000);
    for (const until of [700, 1_900]) {
      const dying = aProcess();
      // It dies between the server's yes and its own note of it: what it had in hand stays `sending`.
      fault = () => (mailbox.length >= until ? new Error('dead') : undefined);
      await dying.start();
      await eventually(
        () => mailbox.length,
        (count) => count >= until,
      );
      await dying.stop();
      await db.pool.query(
        "UPDATE telling SET status = 'sending', due_at = now() - interval '1 second' WHERE status = 'due' AND attempts > 0 OR status = 'sent' AND id IN (SELECT id FROM telling WHERE status = 'sent' ORDER BY ended_at DESC LIMIT 8)",
      );
      fault = () => undefined;
    }
    tell = aProcess();
    await tell.start();
    await eventually(left, (count) => count === 0, 20_000);
    expect([mailbox.length, new Set(mailbox.map(({ to }) => to)).size]).toEqual([3_000, 3_000]);
  });

  it('wait while the server is away; a mailbox that is full is tried again later and holds nobody up', async () => {
    await Promise.all(['a', 'full', 'b'].map((name) => follow(`${name}@tandem.example`)));
    let isAway = true;
    fault = ({ to }) => (isAway ? new Unavailable('smtp') : to.startsWith('full') ? new Error('452 mailbox full') : undefined);
    await tell.start();
    await isBack();
    await eventually(
      async () =>
        (await db.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM telling WHERE status = 'due' AND attempts = 1")).rows[0]?.n,
      (count) => count === 3,
    );
    expect(mailbox).toEqual([]);
    isAway = false;
    await db.pool.query("UPDATE telling SET due_at = now() - interval '1 second'");
    tell.wake();
    await haveCome(2);
    const full = async () =>
      (
        await db.pool.query(
          "SELECT attempts FROM telling WHERE email LIKE 'full%' AND status = 'due' AND due_at > now() + interval '5 minutes'",
        )
      ).rows;
    expect(await eventually(full, ({ length }) => length === 1)).toEqual([{ attempts: 2 }]);
  });

  it('do not wait for the one whose mail alone the server is away for, which counts as putting it off', async () => {
    await follow('cut@tandem.example');
    fault = ({ to }) => (to.startsWith('cut') ? new Unavailable('smtp') : undefined);
    await tell.start();
    await isBack();
    const cut = async () =>
      (
        await db.pool.query<{ minutes: number }>(
          "SELECT extract(epoch FROM due_at - now())::float8 / 60 AS minutes FROM telling WHERE email LIKE 'cut%' AND status = 'due' AND put_off_ms = 600000",
        )
      ).rows[0]?.minutes ?? 0;
    const tellOthers = async () => {
      await follow(`${newUuid()}@tandem.example`);
      await isBack();
    };
    const hasBeenTried = async () =>
      (await db.pool.query("SELECT FROM telling WHERE email LIKE 'cut%' AND status = 'due' AND attempts = 1")).rows.length === 1;
    await eventually(hasBeenTried, Boolean); // what is taken together with it says nothing of it
    await tellOthers();
    await eventually(cut, (minutes) => minutes > 5, 15_000);
    await tellOthers();
    await haveCome(2);
  });

  describe('and their hours', () => {
    const berlin = { from: 22 * 60, to: 7 * 60, timeZone: 'Europe/Berlin' };
    const wish = (ownerId: string, timing: Timing, loyalty = true) =>
      pgPreferences(db.database).replace(ownerId, { preferences: { ...usualPreferences, loyalty }, timing });
    const drop = (eventId = newUuid()) =>
      db.database.transaction((tx) =>
        store().oweCheaper(tx, {
          productId: product.id,
          eventId,
          facts: { was: { amount: 2_000, currency: 'EUR' }, is: { amount: 1_500, currency: 'EUR' } },
        }),
      );
    const points = (customerId: string, id: string, tierReached?: string) => {
      const fact = {
        orderId: newId('order'),
        customerId,
        points: 1_200,
        at: clock.toISOString(),
        ...(tierReached === undefined ? {} : { tierReached }),
      };
      return deliver(db.database, (tx) =>
        new OweNewsOnFacts(new NewsDesk(store(), news())).available(fact, tx, { id } as Message<PointsAvailableV1>),
      );
    };
    const rows = async () =>
      (
        await db.pool.query<{ kind: string; status: string; attempts: number; hours: number }>(
          'SELECT kind, status, attempts, round(extract(epoch FROM due_at - now()) / 360) / 10 AS hours FROM telling ORDER BY kind, status',
        )
      ).rows.map((row) => ({ ...row, hours: Number(row.hours) }));
    const become = async (statuses: readonly string[]) =>
      void (await eventually(rows, (found) => found.map(({ status }) => status).join() === statuses.join()));
    /** The hour has come: the database's clock cannot be moved, what is due can. Not to now: the column rounds it to a millisecond that may be still to come. */
    const at = async (instant: string) => {
      clock = new Date(instant);
      await db.pool.query("UPDATE telling SET due_at = now() - interval '1 second' WHERE status IN ('due', 'gathered')");
      tell.wake();
    };

    it('are quiet: what is owed in them waits for their end, and then goes out once', async () => {
      clock = new Date('2026-01-02T23:00:00Z');
      const ownerId = await follow('ada@tandem.example');
      await wish(ownerId, { quietHours: berlin, isDigest: false });
      await follow('bob@tandem.example');
      await tell.start();
      await isBack();
      const held = { kind: 'product.back', status: 'due', attempts: 0, hours: 7 };
      await eventually(rows, ([first, second]) => first?.hours === held.hours && second?.status === 'sent');
      expect(mailbox.map(({ to }) => to)).toEqual(['bob@tandem.example']);
      expect((await rows())[0]).toEqual(held);
      await at('2026-01-03T05:59:00Z');
      await eventually(
        async () =>
          (
            await db.pool.query(
              "SELECT 1 FROM telling WHERE status = 'due' AND due_at BETWEEN now() + interval '50 s' AND now() + interval '60 s'",
            )
          ).rows.length,
        (count) => count === 1,
      );
      await at('2026-01-03T06:00:00Z');
      await become(['sent', 'sent']);
      expect(mailbox.map(({ to }) => to)).toEqual(['bob@tandem.example', 'ada@tandem.example']);
    });

    it('are one a day, with all that gathered, for whoever wants a digest', async () => {
      clock = new Date('2026-01-02T09:00:00Z');
      const customerId = newId('customer');
      const ownerId = await follow('ada@tandem.example', uuidOf('customer', customerId));
      await wish(ownerId, { quietHours: null, isDigest: true });
      await tell.start();
      await drop();
      expect(await points(customerId, newUuid())).toEqual(done);
      await isBack();
      await become(['gathered', 'gathered', 'gathered']);
      expect((await rows()).map(({ kind, attempts, hours }) => [kind, attempts, hours])).toEqual([
        ['points.available', 0, 9],
        ['product.back', 0, 9],
        ['product.cheaper', 0, 9],
      ]);
      expect(await news().gather()).toBe(0);
      await at('2026-01-02T18:00:00Z');
      expect((await Promise.all([news().gather(), news().gather()])).sort()).toEqual([0, 1]);
      await become(['sent', 'digested', 'digested', 'digested']);
      expect(mailbox).toHaveLength(1);
      expect(mailbox[0]).toMatchObject({ to: 'ada@tandem.example', headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } });
      expect(
        ['Mug <b> ist wieder da', '15,00\u00a0€ statt 20,00\u00a0€', '1,200 points'].filter((part) => !mailbox[0]?.text.includes(part)),
      ).toEqual(['1,200 points']);
    });

    it('do not matter to who chose nothing: a lower price is told once per drop, and following goes on', async () => {
      await follow('ada@tandem.example');
      await tell.start();
      const eventId = newUuid();
      expect([await drop(eventId), await drop(eventId), await drop()]).toEqual([1, 0, 0]);
      await db.pool.query("UPDATE follower SET cheaper_at = now() - interval '61 minutes'");
      expect([await drop(), await isBack(), await drop()]).toEqual([1, 1, 0]);
      await haveCome(3);
      expect(mailbox.map(({ subject, headers }) => [subject, headers['X-Tandem-Event-Type']]).sort()).toEqual([
        ['Mug <b> ist günstiger', 'product.changed.v1'],
        ['Mug <b> ist günstiger', 'product.changed.v1'],
        ['Mug <b> ist wieder da', 'stock.changed.v1'],
      ]);
    });

    it('nor to points: told once per event, with the tier they led to, unless points are not wanted', async () => {
      const [collector, customerId, eventId] = [newId('customer'), newId('customer'), newUuid()];
      await wish(uuidOf('customer', collector), { quietHours: null, isDigest: false }, false);
      await tell.start();
      expect([
        await points(customerId, eventId),
        await points(customerId, eventId),
        await points(customerId, newUuid(), 'silver'),
        await points(collector, newUuid()),
        await points(toPublicId('customer', nobody), newUuid()),
      ]).toEqual([done, ignored('owed-already'), done, done, done]);
      await haveCome(2);
      expect(mailbox.map(({ subject }) => subject).sort()).toEqual(['1,200 points for you', 'Welcome to Silver']);
      const token = tokenOf(mailbox[0]);
      expect(await pgPreferences(db.database).unsubscribe(token)).toBe(true);
      expect(await points(customerId, newUuid())).toEqual(done);
      await become(['rejected', 'sent', 'unwanted', 'unwanted', 'sent']);
      expect(mailbox).toHaveLength(2);
    });

    it('nor to a customer service that is away: the news of points waits for it, and nothing else does', async () => {
      const [customerId, mailOf] = [newId('customer'), contactOf];
      contactOf = () => {
        throw new Unavailable('customer');
      };
      await tell.start();
      expect(await points(customerId, newUuid())).toEqual(done);
      await follow('bob@tandem.example');
      expect(await isStock({ available: 1, because: 'back-in-stock' })).toEqual(done);
      await become(['unaddressed', 'sent']);
      expect(mailbox.map(({ to }) => to)).toEqual(['bob@tandem.example']);
      contactOf = mailOf;
      await haveCome(2);
      await become(['sent', 'sent']);
      expect(mailbox[1]).toMatchObject({ to: 'ada@tandem.example', subject: '1,200 points for you' });
    });

    it('nor is anybody else asked for while it is away', async () => {
      const away = new Unavailable('customer');
      const addressing = new AddressNews({ news: news(), findContact: () => Promise.reject(away), headline: headlines(amounts()), logger });
      const item = { id: newUuid(), ownerId: newUuid(), eventId: newUuid(), kind: 'points.available', facts: {} } as const;
      const asked: unknown[] = [];
      expect(await addressing.attempt(item, (error) => asked.push(error) > 0)).toMatchObject({ kind: 'again' });
      expect(asked).toEqual([away]);
    });

    it('and one click takes what gathered out of the mail of the day', async () => {
      clock = new Date('2026-01-02T09:00:00Z');
      const customerId = newId('customer');
      const ownerId = await follow('ada@tandem.example', uuidOf('customer', customerId));
      await wish(ownerId, { quietHours: null, isDigest: true });
      await tell.start();
      await drop();
      await points(customerId, newUuid());
      await become(['gathered', 'gathered']);
      await wish(ownerId, { quietHours: null, isDigest: true }, false);
      await at('2026-01-02T18:00:00Z');
      expect(await news().gather()).toBe(1);
      await become(['sent', 'digested', 'digested']);
      expect([/15[.,]00/.test(mailbox[0]?.text ?? ''), mailbox[0]?.text.includes('points')]).toEqual([true, false]);
      const token = tokenOf(mailbox[0]);
      await wish(ownerId, { quietHours: null, isDigest: true });
      await db.pool.query("UPDATE follower SET cheaper_at = now() - interval '2 hours'");
      await drop();
      await points(customerId, newUuid());
      await eventually(rows, (found) => found.filter(({ status }) => status === 'gathered').length === 2);
      expect(await pgPreferences(db.database).unsubscribe(token)).toBe(true);
      await at('2026-01-03T18:00:00Z');
      expect(await news().gather()).toBe(1);
      await eventually(rows, (found) => found.some(({ kind, status }) => kind === 'digest' && status === 'unwanted'));
      expect(mailbox).toHaveLength(1);
    });

    it('nor to the inbox: news of points stands in it once, wanted by mail or not, and is read there', async () => {
      const [customerId, eventId] = [newId('customer'), newUuid()];
      const [ownerId, inbox] = [uuidOf('customer', customerId), pgInbox(db.database)];
      await wish(ownerId, { quietHours: null, isDigest: false }, false);
      for (const id of [eventId, eventId]) await points(customerId, id);
      await eventually(
        async () => (await inbox.ofOwner(ownerId, null, 10)).notices.length,
        (count) => count === 1,
      );
      await db.pool.query(
        "INSERT INTO delivery (id, order_id, kind, message_id, recipient, status, owner_id, title) VALUES ($1, $1, 'order.confirmed', 'a message', 'ada@tandem.example', 'sent', $2, 'Thank you')",
        [newUuid(), ownerId],
      );
      await points(customerId, newUuid(), 'gold');
      await eventually(
        async () => (await inbox.ofOwner(ownerId, null, 10)).notices.length,
        (count) => count === 3,
      );
      const first = await inbox.ofOwner(ownerId, null, 2);
      const rest = await inbox.ofOwner(ownerId, first.next, 2);
      expect([...first.notices, ...rest.notices].map(({ kind, title, orderId }) => [kind, title, orderId === null])).toEqual([
        ['points.tier', 'Welcome to Gold', true],
        ['order.confirmed', 'Thank you', false],
        ['points.available', '1,200 points for you', true],
      ]);
      const read = (owner: string) => db.database.transaction((tx) => inbox.read(tx, owner, rest.notices[0]?.id ?? ''));
      const [stranger, once, again] = [await read(newUuid()), await read(ownerId), await read(ownerId)];
      expect([rest.next, stranger, once?.readAt instanceof Date, again]).toEqual([null, undefined, true, once]);
    });
  });
});
