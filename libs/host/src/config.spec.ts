import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, databaseOf, listenAddress, loadBaseConfig, loadConfig, port, withFiles } from './config.js';
import { peerUrl } from './peer-url.js';
import { aSigningKey } from './testing/index.js';

const base = { DATABASE_URL: 'postgres://shop:hidden@db:5432', SERVICE_SIGNING_KEY: aSigningKey() };
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof ConfigError ? error.message : `not a ConfigError: ${String(error)}`;
  }
  return 'it holds';
};

describe('a configuration', () => {
  it('has defaults for all but the database and the key', () => {
    expect(loadBaseConfig('order', base)).toEqual({
      mode: 'production',
      grpcListen: { host: '0.0.0.0', port: 50_051 },
      httpListen: null,
      databaseUrl: 'postgres://shop:hidden@db:5432/tandem_order',
      kafkaBrokers: [],
      logDatabaseUrl: 'postgres://shop:hidden@db:5432/tandem_log',
      serviceSigningKey: base.SERVICE_SIGNING_KEY,
      logLevel: 'info',
      poolSize: 16,
      trustedProxies: [],
      crashPoints: null,
    });
  });

  it('names every variable that does not hold, what it got and what it wants; an empty one is none', () => {
    const message = messageOf(() =>
      loadBaseConfig('cart', {
        TANDEM_MODE: 'test',
        DATABASE_URL: '',
        KAFKA_BROKERS: 'broker',
        CART_GRPC_LISTEN: '50051',
        CART_POOL_SIZE: '0',
      }),
    );
    expect(message.split('\n')).toEqual([
      'The configuration is not valid:',
      '  TANDEM_MODE: got "test", wants development or production',
      '  DATABASE_URL: got nothing, wants a PostgreSQL URL, e.g. postgres://user:password@localhost:5432',
      '  KAFKA_BROKERS: got "broker", wants brokers, host:port separated by commas',
      '  CART_GRPC_LISTEN: got "50051", wants an address to listen on, host:port, e.g. 127.0.0.1:50051',
      '  SERVICE_SIGNING_KEY: got nothing, wants an Ed25519 private key as JWK in base64url (npm run keys makes one)',
      '  CART_POOL_SIZE: got "0", wants a number of connections, 1 to 999',
    ]);
  });

  it('never shows a key, a secret, a password or a URL, which may hold one', () => {
    const schema = z.object(
      Object.fromEntries(
        ['SERVICE_SIGNING_KEY', 'CARRIER_WEBHOOK_SECRET', 'STAFF_PASSWORD', 'SMTP_URL'].map((name) => [name, z.string().max(3, 'less')]),
      ),
    );
    const message = messageOf(() =>
      loadConfig(schema, {
        SERVICE_SIGNING_KEY: 'hidden',
        CARRIER_WEBHOOK_SECRET: 'hidden',
        STAFF_PASSWORD: 'hidden',
        SMTP_URL: 'smtp://u:hidden@h',
      }),
    );
    expect([message.includes('hidden'), message.match(/not shown/g)?.length]).toEqual([false, 4]);
  });

  it('takes addresses and networks as trusted proxies, and nothing else', () => {
    expect(loadBaseConfig('storefront', { ...base, TRUST_PROXY: '10.0.0.5, 172.16.0.0/12,::1' }).trustedProxies).toEqual([
      '10.0.0.5',
      '172.16.0.0/12',
      '::1',
    ]);
    for (const wrong of ['true', '10.0.0.0/33', '10.0.0.5,', '::1/129', '10.0.0.0/8/8']) {
      expect(messageOf(() => loadBaseConfig('storefront', { ...base, TRUST_PROXY: wrong }))).toContain(
        `TRUST_PROXY: got ${JSON.stringify(wrong)}, wants addresses or networks`,
      );
    }
  });

  it('takes no port that is none', () => {
    const schema = z.object({ PORT: port.optional(), LISTEN: listenAddress.optional() });
    for (const env of [{ PORT: '65536' }, { PORT: '-1' }, { PORT: '3e3' }, { LISTEN: 'localhost:65536' }, { LISTEN: 'localhost' }]) {
      expect(messageOf(() => loadConfig(schema, env))).toMatch(/PORT|LISTEN/);
    }
    expect(loadConfig(schema, { PORT: '0', LISTEN: 'localhost:65535' })).toEqual({ PORT: 0, LISTEN: { host: 'localhost', port: 65_535 } });
  });

  it('reads secrets from files, and nothing else that ends in _FILE', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-config-'));
    await writeFile(join(folder, 'key'), 'from a file\n');
    const env = withFiles({ SERVICE_SIGNING_KEY_FILE: join(folder, 'key'), SSL_CERT_FILE: '/nowhere' });
    await rm(folder, { recursive: true });
    expect([env['SERVICE_SIGNING_KEY'], env['SSL_CERT']]).toEqual(['from a file', undefined]);
    expect(messageOf(() => withFiles({ DATABASE_URL_FILE: '/nowhere' }))).toContain(
      'DATABASE_URL_FILE: got "/nowhere", wants the path of a file',
    );
  });

  it("keeps what else a database's URL says", () => {
    expect(databaseOf('postgres://u:p@h:1/postgres?sslmode=require', 'tandem_cart')).toBe('postgres://u:p@h:1/tandem_cart?sslmode=require');
  });

  it('finds other services by their names, unless it is told where they are', () => {
    expect([peerUrl('cart', {}), peerUrl('cart', { CART_GRPC_URL: 'ipv4:10.0.0.1:1,10.0.0.2:1' })]).toEqual([
      'dns:///cart:50051',
      'ipv4:10.0.0.1:1,10.0.0.2:1',
    ]);
    expect(messageOf(() => peerUrl('cart', { CART_GRPC_URL: 'cart' }))).toContain('CART_GRPC_URL');
  });

  it('lets nobody end a process of production', () => {
    expect(loadBaseConfig('order', { ...base, TANDEM_MODE: 'development', CRASH_POINTS: 'points' }).crashPoints).toBe('points');
    expect(messageOf(() => loadBaseConfig('order', { ...base, CRASH_POINTS: 'points' }))).toContain(
      'CRASH_POINTS: got a folder, wants nothing',
    );
  });
});
