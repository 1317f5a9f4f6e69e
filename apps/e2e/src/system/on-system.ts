import { type Http, http } from '../client/http.js';
import { type Shopper, staff } from '../client/shopper.js';
import { type World, world } from '../client/world.js';
import type { System } from './launch.js';
import { withSystem } from './with-system.js';

/** A system of its own for one proof, and what a proof needs of it. */
export type Stand = {
  readonly system: System;
  /** Everything it writes; its logs are in `logs`. */
  readonly dataDir: string;
  readonly shop: Http;
  readonly sandbox: Http;
  readonly outside: World;
  readonly clerk: Shopper;
  /** What does not hold, line by line. */
  readonly wrong: string[];
};

/** Plays on a new, empty system; it goes with the play, also when that is broken off by a signal. Answers what did not hold. */
export function onSystem(options: readonly string[], play: (stand: Stand) => Promise<void>): Promise<readonly string[]> {
  return withSystem(['--no-seed', ...options], async (system, dataDir) => {
    const [shop, sandbox] = [http(system.storefrontUrl), http(system.sandboxUrl)];
    const wrong: string[] = [];
    try {
      await play({ system, dataDir, shop, sandbox, outside: world(sandbox), clerk: await staff(shop), wrong });
    } catch (error) {
      const because = error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error);
      console.log(`it breaks off: ${because}`);
      wrong.push(`it broke off: ${because}`);
    } finally {
      await Promise.all([shop.close(), sandbox.close()]);
    }
    return wrong;
  });
}
