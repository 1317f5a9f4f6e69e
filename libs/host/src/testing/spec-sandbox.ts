import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSpecDatabase } from './spec-database.js';
import { aSigningKey, eventually, freePort } from './spec-process.js';

/** The real sandbox as a process, with a database of its own: the outside world of one suite. */
export type SpecSandbox = {
  /** Its HTTP address: bank, carrier, mailbox. */
  readonly url: string;
  readonly smtpUrl: string;
  /** An answer of its HTTP API, as JSON. */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Ends it with SIGKILL: nobody listens any more. */
  kill(): Promise<void>;
  /** Starts it again on the same books and ports. */
  start(): Promise<void>;
  /** Ends it and drops its database. */
  end(): Promise<void>;
};

/** Needs `TEST_DATABASE_URL` and a build of apps/sandbox. */
export async function startSpecSandbox(): Promise<SpecSandbox> {
  const { url: databaseUrl, drop } = await createSpecDatabase('sandbox');
  const [port, smtpPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'],
    TANDEM_MODE: 'development',
    DATABASE_URL: databaseUrl,
    SANDBOX_DATABASE_URL: databaseUrl,
    SANDBOX_GRPC_LISTEN: '127.0.0.1:0',
    SANDBOX_PORT: String(port),
    SANDBOX_SMTP_PORT: String(smtpPort),
    SERVICE_SIGNING_KEY: aSigningKey(),
    LOG_LEVEL: 'error',
  };
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill(signal);
    await exited;
  };
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, ['apps/sandbox/dist/main.js'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    await eventually(
      async () => (await fetch(`${url}/livez`)).status,
      (status) => status === 200,
      20_000,
    );
  };
  await start();
  return {
    url,
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    ask: async (method, path, body) => {
      const answer = await fetch(url + path, {
        method,
        ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      });
      return (await answer.json()) as Record<string, unknown>;
    },
    kill: () => end('SIGKILL'),
    start,
    end: async () => {
      await end('SIGTERM');
      await drop();
    },
  };
}
