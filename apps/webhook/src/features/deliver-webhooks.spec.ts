import { createLogger, newUuid } from '@tandem/host';
import { createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import { sessionOf } from '@tandem/kernel';
import { pgDeliveryQueue } from '../adapters/pg-delivery-queue.js';
import { pgEndpoints } from '../adapters/pg-endpoints.js';
import type { Attempt } from '../domain/delivery.js';
import { type EventType, eventTypes } from '../domain/endpoint.js';
import type { Message } from '../domain/ports.js';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { TellEndpoints } from './tell-endpoints.js';

type Answer = Attempt | 'never';
const taken: Attempt = { kind: 'taken', status: 200 };
const refused: Attempt = { kind: 'not-taken', status: 500, because: 'answered 500' };

describe('webhooks', () => {
  let db: SpecDatabase;
  let deliver: DeliverWebhooks;
  const answers = new Map<string, Answer[]>();
  const sent: { url: string; message: Message }[] = [];
  const stuck: ((late?: Attempt) => void)[] = [];
  const inFlight = new Map<string, number>();
  let mostInFlight = 0;

  const send = (url: string, message: Message): Promise<Attempt> => {
    sent.push({ url, message });
    const left = answers.get(url) ?? [];
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? taken;
    if (answer !== 'never') return Promise.resolve(answer);
    const more = (by: 1 | -1): void => void inFlight.set(url, (inFlight.get(url) ?? 0) + by);
    more(1);
    mostInFlight = Math.max(mostInFlight, ...inFlight.values());
    return new Promise((resolve) => stuck.push((late = refused) => (more(-1), resolve(late))));
  };
  const allInFlight = () => [...inFlight.values()].reduce((sum, count) => sum + count, 0);
  beforeAll(async () => {
    db = await createSpecDatabase('webhook');
  });
  beforeEach(async () => {
    await db.pool.query('TRUNCATE endpoint, delivery, guest_order');
    answers.clear();
    inFlight.clear();
    mostInFlight = 0;
    sent.splice(0);
    const queue = pgDeliveryQueue({ database: db.database, onPlanned: () => deliver.wake() });
    deliver = new DeliverWebhooks({
      queue,
      sender: { send, mayTell: () => Promise.resolve(true) },
      now: () => new Date(),
      logger: createLogger('webhook-spec', 'silent'),
    });
    await deliver.start();
  });
  afterEach(async () => {
    for (const end of stuck.splice(0)) end();
    await deliver.stop();
  });
  afterAll(() => db.drop());

  const endpoint = async (ownerId: string, events: readonly EventType[] = eventTypes) => {
    const id = newUuid();
    const url = `https://${id}.example/`;
    await db.database.transaction((tx) => pgEndpoints(db.database).create(tx, { id, ownerId, url, events, secret: `secret of ${id}` }));
    return { id, url };
  };
  const happen = (ownerId: string | null, event: EventType, { orderId = newUuid(), eventId = newUuid(), isGuest = false } = {}) => {
    const queue = pgDeliveryQueue({ database: db.database, onPlanned: () => deliver.wake() });
    return db.database.transaction((tx) =>
      new TellEndpoints(queue).run(tx, { eventId, event, orderId, ownerId, isGuest, at: '2026-11-21T12:00:00.000Z', data: { orderId } }),
    );
  };
  const statusOf = async (endpointId: string) =>
    (
      await db.pool.query<{ event: string; status: string; attempts: number }>(
        'SELECT event, status, attempts FROM delivery WHERE endpoint_id = $1 ORDER BY sequence',
        [endpointId],
      )
    ).rows.map((row) => [row.event, row.status, row.attempts]);
  const dueNow = () =>
    db.pool
      .query("UPDATE delivery SET due_at = now() - interval '1 second' WHERE status = 'pending'")
      .then(() => db.pool.query('UPDATE endpoint SET retry_at = NULL'))
      .then(() => deliver.wake());

  it('go to every endpoint of the owner that wants the event, once however often it comes', async () => {
    const owner = newUuid();
    const [all, some] = [await endpoint(owner), await endpoint(owner, ['order.cancelled'])];
    await endpoint(newUuid());
    const eventId = newUuid();
    const orderId = newUuid();
    expect([
      (await happen(owner, 'order.confirmed', { eventId, orderId })).kind,
      (await happen(owner, 'order.confirmed', { eventId, orderId })).kind,
    ]).toEqual(['done', 'ignored']);
    await eventually(
      () => statusOf(all.id),
      ([first]) => first?.[1] === 'delivered',
    );
    expect(sent.map(({ url, message }) => [url, message.payload, message.secrets])).toEqual([
      [
        all.url,
        JSON.stringify({ type: 'order.confirmed', timestamp: '2026-11-21T12:00:00.000Z', data: { orderId } }),
        [`secret of ${all.id}`],
      ],
    ]);
    expect([sent[0]?.message.id.startsWith('whd_'), await statusOf(some.id)]).toEqual([true, []]);
  });

  it('know a guest’s later events by the order, if the guest had an endpoint', async () => {
    const guest = newUuid();
    const { id } = await endpoint(guest, ['order.shipped']);
    const orderId = newUuid();
    expect((await happen(guest, 'order.confirmed', { orderId, isGuest: true })).kind).toBe('ignored');
    await happen(newUuid(), 'order.confirmed', { isGuest: true });
    expect([
      (await happen(null, 'order.shipped', { orderId, isGuest: true })).kind,
      (await happen(null, 'order.shipped', { isGuest: true })).kind,
    ]).toEqual(['done', 'ignored']);
    expect((await db.pool.query('SELECT owner_id FROM guest_order')).rows).toEqual([{ owner_id: guest }]);
    await eventually(
      () => statusOf(id),
      (rows) => rows.length === 1 && rows[0]?.[1] === 'delivered',
    );
  });

  it('keep the order of an order, and are tried again under the same id with the same bytes', async () => {
    const owner = newUuid();
    const { id, url } = await endpoint(owner);
    answers.set(url, [refused, taken]);
    const orderId = newUuid();
    await happen(owner, 'order.confirmed', { orderId });
    await eventually(
      () => statusOf(id),
      ([first]) => first?.[2] === 1 && sent.length === 1,
    );
    await happen(owner, 'order.shipped', { orderId });
    await happen(owner, 'order.delivered', { orderId });
    expect((await statusOf(id)).map(([, status]) => status)).toEqual(['pending', 'pending', 'pending']);
    await dueNow();
    await eventually(
      () => statusOf(id),
      (rows) => rows.every(([, status]) => status === 'delivered'),
    );
    const [first, second, ...later] = sent.map(({ message }) => message);
    expect([second?.id, second?.payload]).toEqual([first?.id, first?.payload]);
    expect(later.map(({ payload }) => (JSON.parse(payload) as { type: string }).type)).toEqual(['order.shipped', 'order.delivered']);
  });

  /** As if they had taken something. */
  const prove = (...endpoints: readonly { readonly id: string }[]) =>
    db.pool.query('UPDATE endpoint SET is_proven = true WHERE id = ANY ($1)', [endpoints.map(({ id }) => id)]);
  const blackHoles = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const owner = newUuid();
        const made = await endpoint(owner);
        answers.set(made.url, ['never']);
        return { ...made, owner };
      }),
    );
  const tellAll = async (holes: readonly { readonly owner: string }[], times: number) => {
    for (let i = 0; i < times; i += 1) await Promise.all(holes.map(({ owner }) => happen(owner, 'order.confirmed')));
  };
  /** Tells it of twenty orders, and waits until all were taken. What never answers has ended in none of its attempts then: it was not waited for. */
  const told = async (owner: string, id: string) => {
    const before = (await statusOf(id)).length;
    for (let i = 0; i < 20; i += 1) await happen(owner, 'order.confirmed');
    await eventually(
      () => statusOf(id),
      (rows) => rows.length === before + 20 && rows.every(([, status]) => status === 'delivered'),
    );
  };

  it('are not delayed by many new endpoints of many owners that never answer: these have places of their own until they have taken something', async () => {
    const owner = newUuid();
    const fit = await endpoint(owner);
    await told(owner, fit.id);
    await tellAll(await blackHoles(50), 3);
    await eventually(allInFlight, (count) => count === 32);
    await told(owner, fit.id);
    expect([allInFlight(), mostInFlight]).toEqual([32, 1]);
  });

  it('are delayed only until they count as slow when many endpoints of many owners that took everything die at once, and no longer by their later ones', async () => {
    const owner = newUuid();
    const fit = await endpoint(owner);
    const holes = await blackHoles(40);
    await prove(fit, ...holes);
    await tellAll(holes, 5);
    await eventually(allInFlight, (count) => count >= 64);
    await told(owner, fit.id); // every place was taken, and no attempt has ended
    await eventually(allInFlight, (count) => count === 160);
    expect(mostInFlight).toBe(4);
    await told(owner, fit.id);
    expect(allInFlight()).toBe(160);
    for (const end of stuck.splice(0)) end();
  });

  it('are not delayed by another owner from the first moment: neither by one black hole nor by twenty, nor by changing them again and again', async () => {
    const [greedy, unlucky, other] = [newUuid(), newUuid(), newUuid()];
    const holes = await Promise.all(Array.from({ length: 20 }, () => endpoint(greedy)));
    const hole = await endpoint(unlucky);
    for (const { url } of [...holes, hole]) answers.set(url, ['never']);
    for (let i = 0; i < 4; i += 1) await Promise.all([happen(greedy, 'order.confirmed'), happen(unlucky, 'order.confirmed')]);
    await eventually(allInFlight, (count) => count === 5); // 4 of the one, 1 of the other; all others wait
    const fit = await endpoint(other);
    await told(other, fit.id);
    expect(allInFlight()).toBe(5);
    for (const end of stuck.splice(0)) end(); // the first ones have failed
    await eventually(allInFlight, (count) => count >= 4);
    for (let round = 0; round < 3; round += 1) {
      for (const { id } of holes) await pgEndpoints(db.database).update(greedy, id, { isEnabled: true });
      for (const { id } of holes) await pgEndpoints(db.database).update(greedy, id, { url: `https://${id}.example/` });
      deliver.wake();
    }
    await told(other, fit.id);
    expect([allInFlight() <= 5, mostInFlight]).toEqual([true, 1]);
  });

  it('of one owner are eight at a time, at however many endpoints that have died', async () => {
    const owner = newUuid();
    const holes = await Promise.all(Array.from({ length: 20 }, () => endpoint(owner)));
    await prove(...holes);
    for (const { url } of holes) answers.set(url, ['never']);
    await happen(owner, 'order.confirmed');
    await eventually(allInFlight, (count) => count === 8);
    const other = newUuid();
    const fit = await endpoint(other);
    await told(other, fit.id);
    expect(allInFlight()).toBe(8);
  });

  it('begin anew as those of a new endpoint when its owner gives it another address', async () => {
    const owner = newUuid();
    const { id, url } = await endpoint(owner);
    const isProven = async () =>
      (await db.pool.query<{ is: boolean }>('SELECT is_proven AS is FROM endpoint WHERE id = $1', [id])).rows[0]?.is;
    expect(await isProven()).toBe(false);
    await happen(owner, 'order.confirmed');
    await eventually(isProven, (is) => is === true);
    await pgEndpoints(db.database).update(owner, id, { url });
    expect(await isProven()).toBe(true);
    await pgEndpoints(db.database).update(owner, id, { url: 'https://moved.example/' });
    expect(await isProven()).toBe(false);
  });

  it('are four at a time at one endpoint, also while some of them are in hand, and one once it fails', async () => {
    const owner = newUuid();
    const { id, url } = await endpoint(owner);
    await prove({ id });
    answers.set(url, ['never']);
    for (let i = 0; i < 9; i += 1) await happen(owner, 'order.confirmed');
    await eventually(allInFlight, (count) => count === 4);
    for (let i = 0; i < 3; i += 1) {
      stuck.shift()?.(taken);
      await eventually(
        () => sent.length,
        (count) => count === 5 + i,
      );
    }
    expect([mostInFlight, allInFlight()]).toEqual([4, 4]);
    stuck.shift()?.(refused);
    await eventually(
      () => statusOf(id),
      (rows) => rows.filter(([, status]) => status === 'delivered').length === 3,
    );
    await dueNow();
    await eventually(allInFlight, (count) => count === 3);
    for (const end of stuck.splice(0)) end(refused);
    await eventually(allInFlight, (count) => count === 0);
    await dueNow();
    await eventually(allInFlight, (count) => count === 1);
    expect(mostInFlight).toBe(4);
  });

  it('of an endpoint that fails begin anew when its owner changes it, as those of a failing one', async () => {
    const owner = newUuid();
    const [sick, well] = [await endpoint(owner), await endpoint(owner)];
    await db.pool.query(
      "UPDATE endpoint SET failing_since = now() - interval '71 hours', retry_at = now() + interval '1 hour' WHERE id = $1",
      [sick.id],
    );
    const failing = async (id: string) =>
      (
        await db.pool.query<{ hours: number | null; later: boolean }>(
          'SELECT extract(epoch FROM now() - failing_since)::float8 / 3600 AS hours, coalesce(retry_at > now(), false) AS later FROM endpoint WHERE id = $1',
          [id],
        )
      ).rows[0];
    for (const { id } of [sick, well]) await pgEndpoints(db.database).update(owner, id, { isEnabled: true });
    expect([Math.round((await failing(sick.id))?.hours ?? 99), await failing(well.id)]).toEqual([0, { hours: null, later: false }]);
    await happen(owner, 'order.confirmed');
    await eventually(
      () => failing(sick.id),
      (found) => found?.hours === null,
    );
  });

  it('stop at an endpoint that is gone, and at one that has taken nothing for three days', async () => {
    const owner = newUuid();
    const [gone, failing] = [await endpoint(owner), await endpoint(owner)];
    answers.set(gone.url, [{ kind: 'not-taken', status: 410, because: 'answered 410' }]);
    answers.set(failing.url, [refused]);
    await happen(owner, 'order.confirmed');
    await eventually(
      () => statusOf(failing.id),
      ([first]) => first?.[2] === 1,
    );
    await eventually(
      async () =>
        (await db.pool.query<{ is: boolean }>('SELECT failing_since IS NOT NULL AS is FROM endpoint WHERE id = $1', [failing.id])).rows[0]
          ?.is,
      Boolean,
    );
    await db.pool.query("UPDATE endpoint SET failing_since = now() - interval '73 hours' WHERE id = $1", [failing.id]);
    await dueNow();
    const reasons = () =>
      db.pool
        .query<{ why: string | null }>('SELECT disabled_why AS why FROM endpoint WHERE id = ANY ($1) ORDER BY sequence', [
          [gone.id, failing.id],
        ])
        .then(({ rows }) => rows.map(({ why }) => why));
    expect(await eventually(reasons, (why) => !why.includes(null))).toEqual(['gone', 'failing']);
    expect((await happen(owner, 'order.shipped')).kind).toBe('ignored');
    expect([(await statusOf(gone.id))[0]?.[1], (await statusOf(failing.id))[0]?.[1]]).toEqual(['failed', 'failed']);
  });

  it('are sent once more when their owner asks, under the same id', async () => {
    const owner = newUuid();
    const { id } = await endpoint(owner);
    await happen(owner, 'order.confirmed');
    await eventually(
      () => statusOf(id),
      ([first]) => first?.[1] === 'delivered',
    );
    const [delivery] = await pgEndpoints(db.database).deliveries(id, null, 10);
    const again = await db.database.transaction((tx) => pgEndpoints(db.database).resend(tx, id, delivery?.id ?? ''));
    expect(again).toMatchObject({ status: 'pending', attempts: 1 });
    deliver.wake();
    await eventually(
      () => statusOf(id),
      ([first]) => first?.[1] === 'delivered' && first[2] === 2,
    );
    expect(sent.map(({ message }) => message.id)).toEqual([sent[0]?.message.id, sent[0]?.message.id]);
  });

  it('are sent once more at once, though their endpoint is given a pause', async () => {
    const owner = newUuid();
    const { id, url } = await endpoint(owner);
    answers.set(url, [refused, taken]);
    await happen(owner, 'order.confirmed');
    const isPaused = () =>
      db.pool.query<{ is: boolean }>('SELECT retry_at > now() AS is FROM endpoint WHERE id = $1', [id]).then(({ rows }) => rows[0]?.is);
    await eventually(isPaused, (is) => is === true);
    await db.pool.query("UPDATE endpoint SET retry_at = now() + interval '10 minutes' WHERE id = $1", [id]);
    const [delivery] = await pgEndpoints(db.database).deliveries(id, null, 10);
    await db.database.transaction((tx) => pgEndpoints(db.database).resend(tx, id, delivery?.id ?? ''));
    deliver.wake();
    await eventually(
      () => statusOf(id),
      ([first]) => first?.[1] === 'delivered' && first[2] === 2,
    );
  });

  it('do not disable an endpoint for what its former address answers late', async () => {
    const owner = newUuid();
    const { id, url } = await endpoint(owner);
    answers.set(url, ['never']);
    await happen(owner, 'order.confirmed');
    await eventually(
      () => stuck.length,
      (count) => count === 1,
    );
    await pgEndpoints(db.database).update(owner, id, { url: 'https://repaired.example/' });
    for (const end of stuck.splice(0)) end({ kind: 'not-taken', status: 410, because: 'answered 410' });
    await eventually(
      () => statusOf(id),
      ([first]) => first?.[1] === 'delivered' && first[2] === 2,
    );
    expect(sent.map((each) => each.url)).toEqual([url, 'https://repaired.example/']);
    expect((await db.pool.query('SELECT disabled_why, failing_since FROM endpoint WHERE id = $1', [id])).rows).toEqual([
      { disabled_why: null, failing_since: null },
    ]);
  });

  it('are forgotten once they ended long ago, however long ago they began, and whose a guest’s order was with them', async () => {
    const guest = newUuid();
    const { id } = await endpoint(guest, ['order.confirmed']);
    await happen(guest, 'order.confirmed', { isGuest: true });
    await happen(guest, 'order.confirmed', { isGuest: true });
    await eventually(
      () => statusOf(id),
      (rows) => rows.length === 2 && rows.every(([, status]) => status === 'delivered'),
    );
    const [older] = (await pgEndpoints(db.database).deliveries(id, null, 10)).slice(-1);
    await db.pool.query("UPDATE delivery SET created_at = now() - interval '31 days', due_at = now() - interval '31 days' WHERE id = $1", [
      older?.id,
    ]);
    await db.pool.query("UPDATE delivery SET created_at = now() - interval '31 days' WHERE id <> $1", [older?.id]); // sent once more since
    await db.pool.query("UPDATE guest_order SET created_at = now() - interval '366 days' WHERE order_id = $1", [older?.orderId]);
    await pgDeliveryQueue({ database: db.database, onPlanned: () => undefined }).prune({ deliveries: 30, guestOrders: 365 });
    const left = await db.pool.query<{ d: string; g: string }>(
      'SELECT (SELECT string_agg(order_id::text, $1) FROM delivery) AS d, (SELECT string_agg(order_id::text, $1) FROM guest_order) AS g',
      [','],
    );
    const [kept] = await pgEndpoints(db.database).deliveries(id, null, 10);
    expect(left.rows).toEqual([{ d: kept?.orderId, g: kept?.orderId }]);
  });

  it('are not looked for again and again while those who are owed them are at their bounds, or their owners are', async () => {
    await deliver.stop();
    const owner = newUuid();
    const { id } = await endpoint(owner);
    await happen(owner, 'order.confirmed');
    const queue = pgDeliveryQueue({ database: db.database, onPlanned: () => undefined });
    const due = (atEndpoints: readonly string[], forOwners: readonly string[]) =>
      queue.nextDueMs({ isFit: false, room: { perOwner: 2, perEndpoint: 1 }, atEndpoints, forOwners });
    expect([await due([id], [owner]), await due([], [owner, owner])]).toEqual([null, null]);
    expect(await due([newUuid()], [owner, newUuid()])).toBeLessThanOrEqual(0);
  });

  it('are looked for at those endpoints that are owed something, however many others there are', async () => {
    await deliver.stop();
    await Promise.all(Array.from({ length: 100 }, () => endpoint(newUuid())));
    const owner = newUuid();
    const { id } = await endpoint(owner);
    await happen(owner, 'order.confirmed');
    const want = { isFit: false, room: { perOwner: 2, perEndpoint: 1 }, atEndpoints: [], forOwners: [] };
    const [taken, scans] = await db.database.transaction(async (tx) => {
      const session = sessionOf(tx);
      const queue = pgDeliveryQueue({ database: { ...db.database, query: session.query.bind(session) }, onPlanned: () => undefined });
      const scans = async () => {
        const text = "SELECT (seq_scan + idx_scan)::int AS scans FROM pg_stat_xact_user_tables WHERE relname = 'delivery'";
        return (await session.query<{ scans: number }>({ name: 'spec_scans', text }, []))[0]?.scans ?? NaN;
      };
      const before = await scans();
      await queue.nextDueMs(want);
      const due = await queue.take(want, 32);
      return [due, (await scans()) - before];
    });
    expect(taken.map(({ endpointId }) => endpointId)).toEqual([id]);
    expect(scans).toBeLessThan(20);
  });

  it('are sent again by another process when one died in mid-attempt, after its lease', async () => {
    const owner = newUuid();
    const { id, url } = await endpoint(owner);
    await prove({ id });
    answers.set(url, ['never', taken]);
    await happen(owner, 'order.confirmed');
    await eventually(
      () => sent.length,
      (count) => count === 1,
    );
    expect(
      (await db.pool.query<{ s: number }>('SELECT extract(epoch FROM due_at - now())::float8 AS s FROM delivery')).rows[0]?.s,
    ).toBeGreaterThan(20);
    await db.pool.query("UPDATE delivery SET due_at = now() - interval '1 second'");
    deliver.wake();
    await eventually(
      () => statusOf(id),
      ([first]) => first?.[1] === 'delivered',
    );
  });
});
