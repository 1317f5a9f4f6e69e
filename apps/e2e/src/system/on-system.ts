import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Http, http } from '../client/http.js';
import { type Shopper, staff } from '../client/shopper.js';
import { type World, world } from '../client/world.js';
import { launch, type System } from './launch.js';

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
export async function onSystem(options: readonly string[], play: (stand: Stand) => Promise<void>): Promise<readonly string[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-proof-'));
  chmodSync(dataDir, 0o755); // the database's account must pass, else its files are kept elsewhere
  const system = await launch(dataDir, ['--no-seed', ...options]).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  const [shop, sandbox] = [http(system.storefrontUrl), http(system.sandboxUrl)];
  const wrong: string[] = [];
  const end = async (): Promise<void> => {
    await system.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().then(() => process.exit(130)));
  try {
    await play({ system, dataDir, shop, sandbox, outside: world(sandbox), clerk: await staff(shop), wrong });
  } catch (error) {
    const because = error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error);
    console.log(`it breaks off: ${because}`);
    wrong.push(`it broke off: ${because}`);
  } finally {
    await Promise.all([shop.close(), sandbox.close()]);
    await end();
  }
  return wrong;
}
