import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { createLogger, notFound } from '@tandem/host';
import { eventually } from '@tandem/host/testing';
import type { StreamedEvent } from './domain/event-stream.js';
import { type Growth, type LiveFeed, mostEvents } from './domain/live-feed.js';
import { LiveStreams, OpenStreams } from './features/live-streams.js';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

const mine = 'ord_01h455vb4pex5vsknk084sn02q';

/** Histories in memory, told of as order does. */
function aFeed() {
  const histories = new Map<string, StreamedEvent[]>();
  const following = new Set<(growth: Growth) => void>();
  const tell = (growth: Growth): void => following.forEach((onGrowth) => onGrowth(growth));
  const state = { tell, reads: 0, isAway: false, listing: () => Promise.resolve() };
  const feed: LiveFeed = {
    follow: (onGrowth) => void following.add(onGrowth),
    read: async (positions) => {
      state.reads += 1;
      await sleep(1);
      if (state.isAway) throw new Error('order is away');
      const found = positions.map(({ id, after }) => [id, (histories.get(id) ?? []).slice(after, after + mostEvents)] as const);
      return new Map(found.filter(([, events]) => events.length > 0));
    },
    stop: () => undefined,
  };
  const happen = (orderId: string, data: unknown = {}): void => {
    const history = histories.get(orderId) ?? [];
    const sequence = history.length + 1;
    histories.set(orderId, [
      ...history,
      { sequence, type: 'order.moved', body: { sequence, type: 'order.moved', at: '2026-11-21T12:00:00.000Z', data } },
    ]);
    state.tell({ ids: [orderId], isAny: false });
  };
  return { feed, state, happen };
}

type Client = { readonly response: IncomingMessage; readonly text: () => string; readonly ids: () => number[]; close(): void };

describe('an order, live', () => {
  let world: ReturnType<typeof aFeed>;
  let live: LiveStreams;
  let storefront: SpecStorefront;

  /** A storefront that is fed by the world. */
  const aReplica = async (): Promise<{ readonly live: LiveStreams; readonly storefront: SpecStorefront }> => {
    const streams = new LiveStreams('spec orders', { feed: world.feed, open: new OpenStreams(), logger: createLogger('spec', 'silent') });
    await streams.start();
    const listOrderEvents = async ({ orderId }: { orderId: string }) => {
      await world.state.listing();
      if (!orderId.startsWith('ord_0')) throw notFound();
      return { events: [], nextCursor: '' };
    };
    return { live: streams, storefront: await startStorefront({ live: streams, order: { listOrderEvents } }) };
  };

  beforeEach(async () => {
    world = aFeed();
    ({ live, storefront } = await aReplica());
  });
  afterEach(async () => {
    await live.stop();
    await storefront.close();
  });

  const connect = async (
    lastEventId?: number | string,
    { orderId = mine, principal = 'customer:cus_1', pause = false, at = storefront } = {},
  ): Promise<Client> => {
    const headers = {
      authorization: `Bearer ${principal}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
    };
    const request = get(`${at.url}/v1/orders/${orderId}/events/stream`, { headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.setEncoding('utf8').on('error', () => undefined);
    let text = '';
    if (!pause) response.on('data', (chunk: string) => (text += chunk));
    const whole = () => text.slice(0, text.lastIndexOf('\n\n') + 2);
    return {
      response,
      text: () => text,
      ids: () => [...whole().matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
      close: () => request.destroy(),
    };
  };
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  it('sends what has happened and then what happens, each once however often it is told', async () => {
    for (let i = 0; i < 3; i += 1) world.happen(mine, { text: 'a\nb' });
    const client = await connect();
    expect(client.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await eventually(client.ids, (ids) => ids.length === 3);
    expect(client.text()).toMatch(
      /^retry: 1000\n\nid: 1\nevent: order\.moved\ndata: \{"sequence":1,"type":"order\.moved","at":"[^"]+","data":\{"text":"a\\nb"\}\}\n\nid: 2\n/,
    );
    world.state.tell({ ids: [mine, mine, 'ord_unknown'], isAny: false });
    world.state.tell({ ids: [], isAny: true });
    world.happen(mine);
    await eventually(client.ids, (ids) => ids.length === 4);
    expect(client.ids()).toEqual(upTo(4));
    client.close();
  });

  it('goes on after the last event a client has, over 200 broken connections without a gap or a repeat', async () => {
    const seen: number[] = [];
    const busy = (async () => {
      for (let i = 0; i < 600; i += 1) {
        world.happen(mine);
        if (i % 3 === 0) await sleep(1);
      }
    })();
    for (let connection = 0; connection < 200 || seen.length < 600; connection += 1) {
      const client = await connect(seen.at(-1));
      if (seen.length < 600) await eventually(client.ids, (ids) => ids.length > 0);
      seen.push(...client.ids());
      client.close();
    }
    await busy;
    expect(seen).toEqual(upTo(600));
  });

  it('goes on at another storefront, whichever of two a client comes back to, and at the other when one stops', async () => {
    const other = await aReplica();
    const replicas = [storefront, other.storefront];
    const seen: number[] = [];
    for (let connection = 0; connection < 20; connection += 1) {
      const client = await connect(seen.at(-1), { at: replicas[connection % 2] });
      for (let i = 0; i < 3; i += 1) world.happen(mine);
      await eventually(client.ids, (ids) => (ids.at(-1) ?? 0) > (seen.at(-1) ?? 0));
      seen.push(...client.ids());
      client.close();
    }
    const [staying, leaving] = [await connect(seen.at(-1)), await connect(seen.at(-1), { at: other.storefront })];
    await eventually(leaving.ids, (ids) => [...seen, ...ids].length === 60);
    const ended = once(leaving.response, 'end');
    await other.live.stop();
    await ended;
    world.happen(mine);
    const [, last] = [await eventually(staying.ids, (ids) => ids.at(-1) === 61), await connect(60)];
    expect(await eventually(last.ids, (ids) => ids.length === 1)).toEqual([61]);
    expect([...seen, ...leaving.ids(), ...last.ids()]).toEqual(upTo(61));
    for (const client of [staying, last]) client.close();
    await other.storefront.close();
  });

  it('breaks the connection of a reader that does not read', async () => {
    const real = [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setTimeout',
      'clearTimeout',
    ] as const;
    jest.useFakeTimers({ doNotFake: [...real] }); // all but setInterval
    const strict = await aReplica();
    for (let i = 0; i < 3_000; i += 1) world.happen(mine, { filling: 'x'.repeat(5_000) });
    const client = await connect(undefined, { pause: true, at: strict.storefront });
    const broken = new Promise((resolve) => client.response.once('close', resolve));
    await eventually(async () => {
      const { reads } = world.state;
      await sleep(100);
      return reads === world.state.reads;
    }, Boolean);
    for (let count = 0; count < 4; count += 1) jest.advanceTimersByTime(15_000);
    jest.useRealTimers();
    client.response.resume(); // what is on its way comes, then the end of it
    await broken;
    expect([client.response.complete, client.response.errored?.message]).toEqual([false, 'aborted']);
    await strict.live.stop();
    await strict.storefront.close();
  });

  it('refuses what is not there, ids that are none, nobody, and one stream too many', async () => {
    const statusOf = async (...args: Parameters<typeof connect>) => (await connect(...args)).response.statusCode;
    expect(await statusOf(undefined, { orderId: 'other' })).toBe(404);
    expect(await statusOf('abc')).toBe(400);
    expect(await statusOf(undefined, { principal: 'nobody' })).toBe(401);
    const open = await Promise.all(upTo(10).map(() => connect()));
    expect(await statusOf()).toBe(429);
    expect(await statusOf(undefined, { principal: 'customer:cus_2' })).toBe(200);
    open[0]?.close();
    await eventually(
      () => statusOf(),
      (status) => status === 200,
    );
  });

  it('reads no further than a slow reader takes, and then all of it', async () => {
    for (let i = 0; i < 3_000; i += 1) world.happen(mine, { filling: 'x'.repeat(5_000) });
    const client = await connect(undefined, { pause: true });
    await eventually(async () => {
      const { reads } = world.state;
      await sleep(100);
      return reads === world.state.reads;
    }, Boolean);
    expect(world.state.reads).toBeLessThan(40); // of 60 looks, the rest waits: what fits into sockets has been read
    let text = '';
    client.response.on('data', (chunk: string) => (text += chunk));
    await eventually(
      () => [...text.matchAll(/^id: (\d+)$/gm)].length,
      (count) => count === 3_000,
      20_000,
    );
    client.close();
  });

  it('waits while order is away and goes on by itself', async () => {
    world.state.isAway = true;
    world.happen(mine);
    const client = await connect();
    await eventually(
      () => world.state.reads,
      (reads) => reads > 1,
    );
    world.state.isAway = false;
    expect(await eventually(client.ids, (ids) => ids.length === 1)).toEqual([1]);
    client.close();
  });

  it('answers a look at the headers alone, and keeps nothing open for it', async () => {
    for (let i = 0; i < 12; i += 1) {
      const head = await fetch(`${storefront.url}/v1/orders/${mine}/events/stream`, {
        method: 'HEAD',
        headers: { authorization: 'Bearer customer:cus_1' },
      });
      expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    }
    expect((await connect()).response.statusCode).toBe(200);
  });

  it('keeps no place for a client that went away before its stream was there', async () => {
    let asked = 0;
    let answer = (): void => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    world.state.listing = () => ((asked += 1), gate);
    const requests = upTo(10).map(() => {
      const request = get(`${storefront.url}/v1/orders/${mine}/events/stream`, { headers: { authorization: 'Bearer customer:cus_1' } });
      return request.on('error', () => undefined);
    });
    await eventually(
      () => asked,
      (count) => count === 10,
    );
    const gone = requests.map((request) => new Promise((resolve) => request.once('close', resolve)));
    for (const request of requests) request.destroy();
    await Promise.all(gone);
    answer();
    const open = await eventually(
      () => Promise.all(upTo(10).map(() => connect())),
      (clients) => {
        const isOpen = clients.every(({ response }) => response.statusCode === 200);
        if (!isOpen) for (const client of clients) client.close();
        return isOpen;
      },
    );
    for (const client of open) client.close();
  });

  it('ends every stream at once when it stops', async () => {
    const clients = await Promise.all([connect(), connect()]);
    const ended = Promise.all(clients.map(({ response }) => once(response, 'end')));
    await live.stop();
    await ended;
    expect((await connect()).response.statusCode).toBe(503);
  });
});
