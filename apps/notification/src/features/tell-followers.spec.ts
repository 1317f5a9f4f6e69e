import { type Caller, createLogger, newId, newUuid, type Refusal, toPublicId } from '@tandem/host';
import { createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import { Unavailable } from '@tandem/messaging';
import { pgFollowers } from '../adapters/pg-followers.js';
import { pgPreferences } from '../adapters/pg-preferences.js';
import { renderMail } from '../adapters/render-mail.js';
import type { MailTransport, OutgoingMail } from '../domain/mail-transport.js';
import { mostFollows } from '../domain/followers.js';
import { FollowParts, FollowProductGrpc } from './follow-product.grpc.js';
import { TellFollowers } from './tell-followers.js';

describe('followers of a product', () => {
  let db: SpecDatabase;
  let tell: TellFollowers;
  let mailbox: OutgoingMail[];
  let fault: (mail: OutgoingMail) => Error | undefined;

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
  });
  beforeEach(async () => {
    await db.pool.query('TRUNCATE follower, followed_variant, telling');
    mailbox = [];
    fault = () => undefined;
    tell = aProcess();
  });
  afterEach(() => tell.stop());
  afterAll(() => db.drop());

  const store = () => pgFollowers(db.database, () => tell.wake());
  const aProcess = (): TellFollowers => {
    const transport: MailTransport = {
      send: (mail) => {
        const error = fault(mail);
        if (error) return Promise.reject(error);
        mailbox.push(mail);
        return Promise.resolve({ kind: 'accepted' });
      },
      find: (messageId) => Promise.resolve(mailbox.some((mail) => mail.messageId === messageId)),
    };
    return new TellFollowers({ followers: store(), transport, render: renderMail, publicUrl: 'https://shop.example', now: () => new Date(), logger: createLogger('notification-spec', 'silent') });
  };
  const aGuest = (): Caller => (
    { by: { kind: 'user', principal: { id: newId('customer'), kind: 'customer' } }, requestId: 'r', idempotencyKey: undefined, token: 't', deadline: undefined, traceparent: undefined, markReplayed: () => undefined }
  );
  const product = { id: newUuid(), title: 'Mug <b>', slug: 'mug', variantIds: [newUuid(), newUuid()] };
  const variantId = product.variantIds[1] ?? '';
  const follow = (email: string, ownerId = newUuid()) => db.database.transaction((tx) => store().follow(tx, { ownerId, email, locale: 'de', product })).then(() => ownerId);
  const isBack = (eventId = newUuid()) => db.database.transaction((tx) => store().owe(tx, variantId, eventId));
  const left = async () => (await db.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM telling WHERE status IN ('due', 'sending')")).rows[0]?.n;

  it('are told once when any of its variants is back, in their language, and follow it no more', async () => {
    await tell.start();
    const owner = await follow('old@tandem.example');
    await follow('ada@tandem.example', owner);
    const eventId = newUuid();
    expect([await isBack(eventId), await isBack(eventId), await isBack()]).toEqual([1, 0, 0]);
    await eventually(() => mailbox.length, (count) => count === 1);
    expect(mailbox[0]).toMatchObject({ to: 'ada@tandem.example', subject: 'Mug <b> ist wieder da', headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } });
    expect(mailbox[0]?.html).toContain('Mug &lt;b&gt; ist wieder lieferbar.');
    expect(mailbox[0]?.text).toContain('https://shop.example/v1/products/mug');
    const token = /unsubscribe\/([0-9a-f]{32})/.exec(mailbox[0]?.headers['List-Unsubscribe'] ?? '')?.[1] ?? '';
    await follow('ada@tandem.example', owner);
    expect(await pgPreferences(db.database).unsubscribe(token)).toBe(true);
    expect(await isBack()).toBe(0);
  });

  it('get one mail at one address, whoever named it, and none once it unsubscribed', async () => {
    await tell.start();
    for (const email of ['ada@tandem.example', 'ADA@tandem.example', 'Ada@Tandem.example', 'bob@tandem.example']) await follow(email);
    expect(await isBack()).toBe(2);
    await eventually(() => mailbox.length, (count) => count === 2);
    expect(mailbox.map(({ to }) => to.toLowerCase()).sort()).toEqual(['ada@tandem.example', 'bob@tandem.example']);
    const toAda = mailbox.find(({ to }) => to.toLowerCase().startsWith('ada'));
    const token = /unsubscribe\/([0-9a-f]{32})/.exec(toAda?.headers['List-Unsubscribe'] ?? '')?.[1] ?? '';
    for (const email of ['ada@tandem.example', 'ADA@tandem.example', 'bob@tandem.example']) await follow(email);
    expect(await pgPreferences(db.database).unsubscribe(token)).toBe(true);
    expect((await db.pool.query('SELECT email FROM follower')).rows).toEqual([{ email: 'bob@tandem.example' }]);
  });

  it('are so many at one address and no more, also when they ask at once', async () => {
    const grpc = new FollowProductGrpc(new FollowParts(store(), db.database));
    await db.pool.query(`INSERT INTO follower (product_id, owner_id, email, locale) SELECT $1, gen_random_uuid(), 'ada@tandem.example', 'en' FROM generate_series(2, $2::int) n`, [product.id, mostFollows]);
    const ask = (email: string) => {
      const request = { productId: toPublicId('product', product.id), title: 'Mug', slug: 'mug', variantIds: [], email, locale: 'en' };
      return grpc.follow(request, aGuest()).then(() => 'followed', ({ problem }: Refusal) => problem.errors);
    };
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(n % 2 ? 'ada@tandem.example' : 'ADA@tandem.example')));
    const refused = [{ pointer: '/email', code: 'follows-too-much', message: `follows ${mostFollows} products already` }];
    expect(answers.filter((answer) => answer !== 'followed')).toEqual(Array.from({ length: 9 }, () => refused));
    expect(await ask('bob@tandem.example')).toBe('followed');
  });

  it('are told no more once they do not want to', async () => {
    const owner = await follow('ada@tandem.example');
    await store().unfollow(owner, product.id);
    expect(await isBack()).toBe(0);
  });

  it('are each told once, many of them, though the process dies twice on the way', async () => {
    await db.pool.query(`INSERT INTO followed_variant VALUES ($2, $1, 'Mug', 'mug')`, [product.id, variantId]);
    await db.pool.query(`INSERT INTO follower (product_id, owner_id, email, locale) SELECT $1, gen_random_uuid(), 'f' || n || '@tandem.example', 'en' FROM generate_series(1, 3000) n`, [product.id]);
    expect(await isBack()).toBe(3_000);
    for (const until of [700, 1_900]) {
      const dying = aProcess();
      // It dies between the server's yes and its own note of it: what it had in hand stays `sending`.
      fault = () => (mailbox.length >= until ? new Error('dead') : undefined);
      await dying.start();
      await eventually(() => mailbox.length, (count) => count >= until);
      await dying.stop();
      await db.pool.query("UPDATE telling SET status = 'sending', due_at = now() WHERE status = 'due' AND attempts > 0 OR status = 'sent' AND id IN (SELECT id FROM telling WHERE status = 'sent' ORDER BY ended_at DESC LIMIT 8)");
      fault = () => undefined;
    }
    tell = aProcess();
    await tell.start();
    await eventually(left, (count) => count === 0, 20_000);
    expect([mailbox.length, new Set(mailbox.map(({ to }) => to)).size]).toEqual([3_000, 3_000]);
  }, 40_000);

  it('wait while the server is away; a mailbox that is full is tried again later and holds nobody up', async () => {
    await Promise.all(['a', 'full', 'b'].map((name) => follow(`${name}@tandem.example`)));
    let isAway = true;
    fault = ({ to }) => (isAway ? new Unavailable('smtp') : to.startsWith('full') ? new Error('452 mailbox full') : undefined);
    await tell.start();
    await isBack();
    await eventually(async () => (await db.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM telling WHERE status = 'due' AND attempts = 1")).rows[0]?.n, (count) => count === 3);
    expect(mailbox).toEqual([]);
    isAway = false;
    await db.pool.query('UPDATE telling SET due_at = now()');
    tell.wake();
    await eventually(() => mailbox.length, (count) => count === 2);
    expect((await db.pool.query("SELECT status, attempts FROM telling WHERE email LIKE 'full%' AND due_at > now() + interval '5 minutes'")).rows).toEqual([{ status: 'due', attempts: 2 }]);
  });
});
