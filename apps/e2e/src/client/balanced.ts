import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Ask, type Http, http } from './http.js';

/** How often a load balancer looks whether a server is ready, milliseconds. */
const probeMs = 100;

/** Several replicas as one. */
export type Balanced = Http & {
  /** The address of the replica whose turn it is, for a connection that the caller opens and holds. */
  nextUrl(): string;
};

/**
 * Several replicas behind one `Http`, as a load balancer has them: in turn, those whose `/readyz` said 200 last; all of them while none does, for a replica is also
 * not ready when a service behind it is away, and then none is. A connection that was refused goes to the next, for nothing has been sent; nothing else is ever sent again.
 */
export function balanced(baseUrls: readonly string[]): Balanced {
  const replicas = baseUrls.map((url) => ({ ask: http(url), isReady: true }));
  const [first = ''] = baseUrls;
  let turn = 0;
  let isOver = false;
  const probing = Promise.all(
    replicas.map(async (replica) => {
      for (; !isOver; await sleep(probeMs)) replica.isReady = (await replica.ask('GET', '/readyz').catch(() => undefined))?.status === 200;
    }),
  );
  const inTurn = (): typeof replicas => {
    const ready = replicas.filter(({ isReady }) => isReady);
    const open = ready.length > 0 ? ready : replicas;
    turn += 1;
    return open.map((_, index) => open[(turn + index) % open.length]!);
  };
  const ask = async (method: string, path: string, options?: Ask): Promise<Answer> => {
    for (const replica of inTurn()) {
      const answer = await replica.ask(method, path, options).catch((error: NodeJS.ErrnoException) => error);
      if (!(answer instanceof Error)) return answer;
      if (answer.code !== 'ECONNREFUSED') throw answer;
      replica.isReady = false;
    }
    throw new Error('no replica takes a connection');
  };
  const close = async (): Promise<void> => {
    isOver = true;
    await probing;
    await Promise.all(replicas.map((replica) => replica.ask.close()));
  };
  return Object.assign(ask, { baseUrl: first, nextUrl: () => inTurn()[0]?.ask.baseUrl ?? first, close });
}
