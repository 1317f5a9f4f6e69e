import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningService, startService } from '@tandem/host';
import { createSpecDatabase } from '@tandem/host/testing';
import supertest from 'supertest';
import { sandbox } from '../sandbox.module.js';

type Variables = Readonly<Record<string, string>>;

/** A sandbox as it runs, with a database of its own. */
export type SandboxUnderTest = {
  readonly http: ReturnType<typeof supertest>;
  /** Its HTTP address, for callers other than `http`. */
  readonly url: string;
  readonly smtpPort: number;
  /** Ends it and starts it again on the same journal. */
  restart(): Promise<SandboxUnderTest>;
  /** Ends it and drops its database. */
  end(): Promise<void>;
};

export const webhookSecret = `whsec_${Buffer.from('a secret of the specs only').toString('base64')}`;

/** Needs `TEST_DATABASE_URL`, a PostgreSQL server where databases may be created. */
export async function startSandbox(variables: Variables = {}): Promise<SandboxUnderTest> {
  const { url, drop } = await createSpecDatabase('sandbox');
  return boot({ ...environment(url), SANDBOX_SMTP_PORT: String(await freePort()), ...variables }, drop);
}

async function boot(env: Variables, drop: () => Promise<void>): Promise<SandboxUnderTest> {
  const running: RunningService = await startService(sandbox, env, { onFatal: (error) => process.emitWarning(error) });
  const url = await running.app.getUrl();
  return {
    http: supertest(url),
    url,
    smtpPort: Number(env['SANDBOX_SMTP_PORT']),
    restart: async () => {
      await running.stop();
      return boot(env, drop);
    },
    end: async () => {
      await running.stop();
      await drop();
    },
  };
}

function environment(databaseUrl: string): Variables {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    TANDEM_MODE: 'development',
    DATABASE_URL: databaseUrl,
    SANDBOX_DATABASE_URL: databaseUrl,
    SANDBOX_GRPC_LISTEN: '127.0.0.1:0',
    SANDBOX_PORT: '0',
    SERVICE_SIGNING_KEY: Buffer.from(JSON.stringify(privateKey.export({ format: 'jwk' }))).toString('base64url'),
    LOG_LEVEL: 'silent',
  };
}

/** A port of this machine that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Looks until what it sees holds; throws after 4 s with the last thing seen. */
export async function eventually<Seen>(look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<Seen> {
  const until = Date.now() + 4_000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > until) throw new Error(`it never came to hold; the last thing seen: ${JSON.stringify(seen)}`);
    await sleep(20);
  }
}
