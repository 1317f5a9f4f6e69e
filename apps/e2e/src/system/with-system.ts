import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type System } from './launch.js';

/** A new, empty system and the folder of all it writes (its logs are in `logs`); both go when the use of it ends, also by a signal to this process. */
export async function withSystem<T>(options: readonly string[], use: (system: System, dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-proof-'));
  chmodSync(dataDir, 0o755); // the database's account must pass, else its files are kept elsewhere
  const launching = launch(dataDir, options);
  const end = async (): Promise<void> => {
    await launching.then(
      (system) => system.stop(),
      () => undefined, // it did not come up, and whoever waits for it is told so
    );
    rmSync(dataDir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().then(() => process.exit(130)));
  try {
    return await use(await launching, dataDir);
  } finally {
    await end();
  }
}
