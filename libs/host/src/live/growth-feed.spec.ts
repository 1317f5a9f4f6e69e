import { newUuid } from '../ids.js';
import { createLogger } from '../logger.js';
import { createSpecDatabase, type SpecDatabase } from '../testing/spec-database.js';
import { eventually } from '../testing/spec-process.js';
import type { Growth } from './growth.js';
import { GrowthFeed } from './growth-feed.js';
import { pgGrowthChannel } from './pg-growth-channel.js';

describe('the feed of growth', () => {
  let spec: SpecDatabase;
  let replicas: GrowthFeed[];

  beforeAll(async () => {
    spec = await createSpecDatabase('host');
    replicas = [aReplica(), aReplica()];
    for (const replica of replicas) await replica.start();
    const there = followed(replicas[1] as GrowthFeed);
    await eventually(
      () => (replicas[0]?.grew(newUuid()), there.ids().length),
      (count) => count > 0,
    ); // they know each other
    there.leave();
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.stop();
    await spec.drop();
  });

  const aReplica = (): GrowthFeed => {
    const logger = createLogger('host-spec', 'silent');
    return new GrowthFeed(
      'spec feed',
      pgGrowthChannel({ channel: 'spec_growth', database: spec.database, connectionString: spec.url, self: newUuid(), logger }),
      logger,
    );
  };
  const followed = (replica: GrowthFeed) => {
    const told: Growth[] = [];
    let isOver = false;
    const subscription = replica.run().subscribe({ next: (growth) => told.push(growth), complete: () => (isOver = true) });
    return { told, ids: () => told.flatMap(({ ids }) => ids), isOver: () => isOver, leave: () => subscription.unsubscribe() };
  };

  it('tells every follower once of growth here and in another replica, several in one message', async () => {
    const [here, there] = replicas.map(followed) as [ReturnType<typeof followed>, ReturnType<typeof followed>];
    const orders = [newUuid(), newUuid()];
    for (const order of [...orders, ...orders]) replicas[0]?.grew(order);
    const named = ({ told }: { told: Growth[] }) =>
      told.map((growth) => growth.ids.filter((order) => orders.includes(order))).filter((found) => found.length > 0);
    await eventually(
      () => named(there),
      (seen) => seen.length > 0,
    );
    expect([named(there), named(here)]).toEqual([[orders], [orders]]);
    here.leave();
    there.leave();
  });

  it('tells that anything may have grown when there is too much to name', async () => {
    const there = followed(replicas[1] as GrowthFeed);
    for (let i = 0; i < 201; i += 1) replicas[0]?.grew(newUuid());
    await eventually(() => there.told.some(({ isAny }) => isAny), Boolean);
    there.leave();
  });

  it('tells that anything may have grown once a lost connection is back', async () => {
    const here = followed(replicas[0] as GrowthFeed);
    await spec.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tandem-spec_growth' AND datname = current_database()`,
    );
    await eventually(() => here.told.some(({ isAny }) => isAny), Boolean);
    here.leave();
  });

  it('tells no other replica while it is alone', async () => {
    const alone = await createSpecDatabase('host');
    const asked: string[] = [];
    const database = {
      ...alone.database,
      query: <Row>(...args: Parameters<typeof alone.database.query<Row>>) => (asked.push(args[0].name), alone.database.query<Row>(...args)),
    };
    const logger = createLogger('host-spec', 'silent');
    const replica = new GrowthFeed(
      'spec feed',
      pgGrowthChannel({ channel: 'spec_growth', database, connectionString: alone.url, self: newUuid(), logger }),
      logger,
    );
    await replica.start();
    const here = followed(replica);
    await eventually(() => here.told.some(({ isAny }) => isAny), Boolean);
    const order = newUuid();
    replica.grew(order);
    await eventually(here.ids, (seen) => seen.includes(order));
    await replica.stop();
    expect(asked).toEqual(['spec_growth_notify']); // its hello
    await alone.drop();
  });

  it('ends its followers when it stops, and later ones at once', async () => {
    const replica = aReplica();
    await replica.start();
    const before = followed(replica);
    await replica.stop();
    expect([before.isOver(), followed(replica).isOver()]).toEqual([true, true]);
  });
});
