import { opsV1 } from '@tandem/contracts';
import { memoryEventLog } from '@tandem/messaging';
import { type RunningService, startService } from './boot.js';
import { createPeer } from './grpc/peer.js';
import { createMigrationCheck } from './migrations.js';
import { defineService } from './service.js';
import { aSigningKey, createSpecDatabase, eventually, freePort, type SpecDatabase } from './testing/index.js';

/** A service without anything of its own, on a database of the order service. */
const plain = defineService({
  name: 'order',
  config: () => undefined,
  needs: { database: true, events: true },
  serves: {},
  compose: () => ({ controllers: [], providers: [] }),
});

describe('a service and the state of its database', () => {
  let spec: SpecDatabase;
  let running: RunningService;
  let url: string;
  let grpcPort: number;

  beforeAll(async () => {
    spec = await createSpecDatabase('order');
    grpcPort = await freePort();
    const env = {
      TANDEM_MODE: 'development',
      DATABASE_URL: spec.url,
      ORDER_DATABASE_URL: spec.url,
      ORDER_GRPC_LISTEN: `127.0.0.1:${grpcPort}`,
      HTTP_LISTEN: '127.0.0.1:0',
      SERVICE_SIGNING_KEY: aSigningKey(),
      LOG_LEVEL: 'silent',
    };
    await spec.pool.query(`UPDATE public._prisma_migrations SET finished_at = NULL`);
    running = await startService(plain, env, {
      log: memoryEventLog(),
      onFatal: (error) => {
        throw error;
      },
    });
    url = await running.app.getUrl();
  });

  afterAll(async () => {
    await running.stop();
    await spec.drop();
  });

  it('is not ready while a migration is missing, says how to mend it, and becomes ready by itself', async () => {
    const ready = async (): Promise<{ status: string; reasons: string[] }> => (await (await fetch(`${url}/readyz`)).json()) as never;
    const { status, reasons } = await ready();
    expect(status).toBe('not-ready');
    expect(reasons).toEqual([expect.stringMatching(/^database test_\w+: the migration \d+_\w+ is missing; run npm run migrate$/)]);
    await spec.pool.query('UPDATE public._prisma_migrations SET finished_at = now()');
    expect(await eventually(ready, (seen) => seen.status === 'ready')).toEqual({ status: 'ready', reasons: [] });
  });

  it('tells the same over gRPC', async () => {
    const ops = createPeer(opsV1.OpsServiceService, {
      name: 'order',
      url: `127.0.0.1:${grpcPort}`,
      serviceToken: () => Promise.resolve(''),
    });
    const seen = await eventually(
      () => ops.getReadiness({}),
      ({ ready }) => ready,
    );
    ops.close();
    expect(seen).toEqual({ service: 'order', ready: true, reasons: [] });
  });

  it('answers a path that it does not have with 404', async () => {
    for (const path of ['/nope', '/', '/readyz/more', '/%zz']) {
      const answer = await fetch(url + path, { signal: AbortSignal.timeout(2_000) });
      expect([path, answer.status]).toEqual([path, path === '/%zz' ? 400 : 404]);
    }
    expect(
      (
        await fetch(`${url}/nope`, {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
          signal: AbortSignal.timeout(2_000),
        })
      ).status,
    ).toBe(404);
  });

  it('says of a database that was never migrated that it was not', async () => {
    await spec.pool.query('DROP SCHEMA migrations CASCADE');
    expect(await createMigrationCheck(spec.database, 'order')()).toEqual(['database: it was never migrated; run npm run migrate']);
  });
});
