import { setTimeout as sleep } from 'node:timers/promises';
import type { Accepted } from '../chaos/shop.js';
import { type EventStream, follow } from '../client/event-stream.js';
import { insist } from '../client/insist.js';
import type { Balanced } from '../client/balanced.js';
import type { Http } from '../client/http.js';

type Seen = EventStream['events'][number];

/** What all watchers met. */
export type Counts = {
  /** Connections that went on after an event, by its id. */
  reconnects: number;
  /** Those of them that brought something new. */
  fruitful: number;
  /** Those of them that came to another storefront than the connection before. */
  moved: number;
  /** Connections that the shop broke. */
  broken: number;
};

export type Watch = {
  readonly order: Accepted;
  /** Every event that came, over all connections, in the order in which it came. */
  readonly seen: readonly Seen[];
  /** Resolves when this many events have come, and no connection is open any more. */
  end(events: number): Promise<void>;
};

type Watching = { readonly shop: Balanced; readonly counts: Counts; readonly random: () => number };

/** Follows an order live and comes back by the last event's id, whether the shop breaks the connection or the watcher does, after 0.2 to 2 s, as on a bad line. */
export function watch(order: Accepted, { shop, counts, random }: Watching): Watch {
  const seen: Seen[] = [];
  const until = { events: Infinity };
  let lastUrl: string | undefined;
  const hold = async (): Promise<boolean> => {
    const after = seen.at(-1)?.id;
    const url = shop.nextUrl();
    const stream = await follow(url, order, { path: `/v1/orders/${order.orderId}/events/stream`, after });
    if (stream.status !== 200) {
      stream.close();
      if (stream.status === 503 || stream.status === 429) return false;
      throw new Error(`${order.orderId}: its stream was answered ${stream.status}`);
    }
    if (after !== undefined) counts.reconnects += 1;
    if (after !== undefined && url !== lastUrl) counts.moved += 1;
    lastUrl = url;
    const leave = performance.now() + 200 + random() * 1_800;
    while (stream.isOpen() && performance.now() < leave) await sleep(20);
    const wasBroken = !stream.isOpen();
    if (wasBroken) counts.broken += 1;
    stream.close();
    seen.push(...stream.events);
    if (after !== undefined && stream.events.length > 0) counts.fruitful += 1;
    return true;
  };
  const run = async (): Promise<void> => {
    while (seen.length < until.events) {
      const isServed = await hold().catch((error: Error) => {
        if (error.message.startsWith(order.orderId)) throw error;
        return false; // the storefront is dead
      });
      if (!isServed) await sleep(100);
    }
  };
  const running = run();
  running.catch(() => undefined); // told where it is waited for
  return { order, seen, end: (events) => ((until.events = events), running) };
}

/** What is wrong with what was seen, compared with the history as it is listed: gaps, repeats, and events that differ. */
export function faultsOfWatch({ order, seen }: Watch, listed: readonly unknown[]): readonly string[] {
  const ids = seen.map(({ id }) => id);
  const repeats = ids.length - new Set(ids).size;
  const missing = listed.length - new Set(ids).size;
  const differing = seen.filter(({ data }, index) => JSON.stringify(data) !== JSON.stringify(listed[index])).length;
  return repeats === 0 && missing === 0 && differing === 0
    ? []
    : [`${order.orderId}: ${missing} missing, ${repeats} repeated, ${differing} unlike the list: ${ids.join(' ')} of ${listed.length}`];
}

/** The history of an order as it is listed. */
export async function historyOf(shop: Http, { orderId, token }: Accepted): Promise<readonly { readonly type: string }[]> {
  return (await insist(shop, { method: 'GET', path: `/v1/orders/${orderId}/events?limit=100`, token })).body.data;
}
