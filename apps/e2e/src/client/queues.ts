import { expecting, type Shopper } from './shopper.js';

type Waiting = { readonly pending?: number; readonly lag?: number | null; readonly parked?: number };

/**
 * Whether nothing waits between services: no checkout is open, each answers, its outbox is empty, its consumers have caught up, nothing is parked.
 * They are asked one after the other, so what is handed on meanwhile may be missed; webhooks, and news to followers, have queues of their own.
 */
export async function queuesAreEmpty(clerk: Shopper): Promise<boolean> {
  const ask = async (path: string): Promise<any> => expecting(200, await clerk.ask('GET', path)).body;
  const [sagas, outbox, consumers] = [await ask('/ops/v1/sagas?limit=1'), await ask('/ops/v1/outbox'), await ask('/ops/v1/consumers')];
  const waiting = ({ pending = 0, lag = 0, parked = 0 }: Waiting): boolean => lag === null || pending + lag + parked > 0;
  return sagas.data.length === 0 && [outbox, consumers].every(({ silent, data }) => silent.length === 0 && !data.some(waiting));
}
