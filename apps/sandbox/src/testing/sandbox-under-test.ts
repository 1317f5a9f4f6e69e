import { type RunningService, startService } from '@tandem/host';
import { aSigningKey, createSpecDatabase, freePort } from '@tandem/host/testing';
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
  return {
    TANDEM_MODE: 'development',
    DATABASE_URL: databaseUrl,
    SANDBOX_DATABASE_URL: databaseUrl,
    SANDBOX_GRPC_LISTEN: '127.0.0.1:0',
    SANDBOX_PORT: '0',
    SERVICE_SIGNING_KEY: aSigningKey(),
    LOG_LEVEL: 'silent',
  };
}
