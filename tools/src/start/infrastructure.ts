import { isAlive } from '../processes.js';
import { type PostgresOptions, startPostgres } from '../postgres.js';
import { type DataFolder, removePid, writePid } from './data-folder.js';

/** A server under the services: PostgreSQL or Kafka. */
export type Server = { readonly url: string; readonly pid: number; stop(): Promise<void> };

/** A server that is started again on the same port when it dies. */
export type KeptServer = { readonly url: string; stop(): Promise<void> };

export type Keeping = {
  readonly part: 'postgres' | 'kafka';
  readonly mark: string;
  readonly folder: DataFolder;
  readonly say: (line: string) => void;
};

/** Looking costs a system call. */
const lookEveryMs = 500;

/** Starts a server, notes its id, and starts it again whenever it is gone. */
export async function keepServer(start: () => Promise<Server>, { part, mark, folder, say }: Keeping): Promise<KeptServer> {
  let server = await start();
  let restarting: Promise<void> = Promise.resolve();
  let isBusy = false;
  const note = (): Promise<void> => writePid(folder, part, { pid: server.pid, part, mark });
  await note();
  const restart = async (): Promise<void> => {
    say(`${part} ended; started again`);
    server = await start();
    await note();
  };
  const timer = setInterval(() => {
    if (isBusy || isAlive(server.pid)) return;
    isBusy = true;
    restarting = restart()
      .catch((error: unknown) => say(`${part} does not start: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => (isBusy = false));
  }, lookEveryMs);
  return {
    url: server.url,
    stop: async () => {
      clearInterval(timer);
      await restarting;
      await server.stop();
      await removePid(folder, part);
    },
  };
}

/** The embedded PostgreSQL of a data directory, kept alive. */
export function keepPostgres(options: PostgresOptions, keeping: Omit<Keeping, 'part' | 'mark'>): Promise<KeptServer> {
  return keepServer(() => startPostgres(options), { ...keeping, part: 'postgres', mark: 'bin/postgres' });
}
