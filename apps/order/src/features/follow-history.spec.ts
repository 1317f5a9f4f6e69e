import { createLogger, newUuid } from '@tandem/host';
import { createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import { pgGrowthChannel } from '../adapters/pg-growth-channel.js';
import { pgHistories } from '../adapters/pg-histories.js';
import type { Growth } from '../domain/history-feed.js';
import { FollowHistory } from './follow-history.js';

describe('the live feed of histories', () => {
  let spec: SpecDatabase;
  let replicas: FollowHistory[];

  beforeAll(async () => {
    spec = await createSpecDatabase('order');
    replicas = [aReplica(), aReplica()];
    for (const replica of replicas) await replica.start();
    const there = followed(replicas[1] as FollowHistory);
    await eventually(() => (replicas[0]?.grew(newUuid()), there.orders().length), (count) => count > 0); // they know each other
    there.leave();
  }, 30_000);
  afterAll(async () => {
    for (const replica of replicas) await replica.stop();
    await spec.drop();
  });

  const aReplica = (): FollowHistory => {
    const logger = createLogger('order-spec', 'silent');
    return new FollowHistory(pgGrowthChannel({ database: spec.database, connectionString: spec.url, self: newUuid(), logger }), logger);
  };
  const followed = (replica: FollowHistory) => {
    const told: Growth[] = [];
    let isOver = false;
    const subscription = replica.run().subscribe({ next: (growth) => told.push(growth), complete: () => (isOver = true) });
    return { told, orders: () => told.flatMap(({ orders }) => orders), isOver: () => isOver, leave: () => subscription.unsubscribe() };
  };

  it('tells every follower once of growth here and in another replica, several orders in one message', async () => {
    const [here, there] = replicas.map(followed) as [ReturnType<typeof followed>, ReturnType<typeof followed>];
    const orders = [newUuid(), newUuid()];
    for (const order of [...orders, ...orders]) replicas[0]?.grew(order);
    const named = ({ told }: { told: Growth[] }) => told.map((growth) => growth.orders.filter((order) => orders.includes(order))).filter((found) => found.length > 0);
    await eventually(() => named(there), (seen) => seen.length > 0);
    expect([named(there), named(here)]).toEqual([[orders], [orders]]);
    here.leave();
    there.leave();
  });

  it('tells that anything may have grown when there is too much to name', async () => {
    const there = followed(replicas[1] as FollowHistory);
    for (let i = 0; i < 201; i += 1) replicas[0]?.grew(newUuid());
    await eventually(() => there.told.some(({ isAny }) => isAny), Boolean);
    there.leave();
  });

  it('tells that anything may have grown once a lost connection is back', async () => {
    const here = followed(replicas[0] as FollowHistory);
    await spec.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tandem-histories' AND datname = current_database()`);
    await eventually(() => here.told.some(({ isAny }) => isAny), Boolean);
    here.leave();
  });

  it('tells no other replica while it is alone', async () => {
    const alone = await createSpecDatabase('order');
    const asked: string[] = [];
    const database = { ...alone.database, query: <Row>(...args: Parameters<typeof alone.database.query<Row>>) => (asked.push(args[0].name), alone.database.query<Row>(...args)) };
    const logger = createLogger('order-spec', 'silent');
    const replica = new FollowHistory(pgGrowthChannel({ database, connectionString: alone.url, self: newUuid(), logger }), logger);
    await replica.start();
    const here = followed(replica);
    await eventually(() => here.told.some(({ isAny }) => isAny), Boolean);
    const order = newUuid();
    replica.grew(order);
    await eventually(here.orders, (seen) => seen.includes(order));
    await replica.stop();
    expect(asked).toEqual(['order_history_notify']); // its hello
    await alone.drop();
  });

  it('ends its followers when it stops, and later ones at once', async () => {
    const replica = aReplica();
    await replica.start();
    const before = followed(replica);
    await replica.stop();
    expect([before.isOver(), followed(replica).isOver()]).toEqual([true, true]);
  });

  it('reads several histories in one look, each after its own position', async () => {
    const [long, short] = [newUuid(), newUuid()];
    for (const id of [long, short]) {
      await spec.pool.query(`INSERT INTO orders (id, number, owner_id, cart_id, status, email, locale, currency, subtotal, shipping, tax, discount, total, lines, address, shipping_option, created_at)
        VALUES ($1::uuid, substr(md5($1::text), 1, 8), $1::uuid, $1::uuid, 'pending', 'a@tandem.example', 'en', 'EUR', 1, 0, 0, 0, 1, '[]', '{}', '{}', now())`, [id]);
      await spec.pool.query(`INSERT INTO order_history SELECT $1::uuid, n, 'step.' || n, now(), '{"n":1}' FROM generate_series(1, 5) n`, [id]);
    }
    const lines = await pgHistories(spec.database).read([{ order: long, after: 0 }, { order: short, after: 4 }, { order: newUuid(), after: 0 }], 3);
    const seen = lines.map(({ order, sequence, type }) => ({ order, sequence, type }));
    expect(seen.filter(({ order }) => order === long)).toEqual([1, 2, 3].map((sequence) => ({ order: long, sequence, type: `step.${sequence}` })));
    expect(seen.filter(({ order }) => order === short)).toEqual([{ order: short, sequence: 5, type: 'step.5' }]);
  });
});
