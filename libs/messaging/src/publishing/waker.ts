import type { Database, Statement } from '@tandem/kernel';
import type { Logger } from '../logger.js';
import type { Relay } from './relay.js';
import { wakeChannel } from './relay-session.js';

const notify: Statement = { name: 'messaging.notify', text: `SELECT pg_notify('${wakeChannel}', '')` };

/**
 * What a commit calls: rings the relay of this process, or, when another replica leads, sends one merged NOTIFY of its own (one under way,
 * later ones merged). Never inside a business transaction: there a NOTIFY holds a lock of the whole server until its commit.
 */
export function createWaker(relay: Relay, database: Database, logger: Logger): () => void {
  let underWay = false;
  let again = false;
  const send = async (): Promise<void> => {
    underWay = true;
    do {
      again = false;
      await database.query(notify).catch((error: unknown) => logger.debug({ err: error }, 'the leader was not woken; it polls'));
    } while (again);
    underWay = false;
  };
  return () => {
    if (relay.leads()) return relay.wake();
    again = true;
    if (!underWay) void send();
  };
}
