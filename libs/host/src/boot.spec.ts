import { Controller } from '@nestjs/common';
import { Server, type sendUnaryData, ServerCredentials } from '@grpc/grpc-js';
import { type customerV1, customerV1 as customer, notificationV1, opsV1 } from '@tandem/contracts';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer } from 'node:net';
import { type RunningService, startService } from './boot.js';
import type { Caller } from './grpc/caller.js';
import { createPeer } from './grpc/peer.js';
import { type Allowed, Rpc } from './grpc/rpc.js';
import { createIdentity, issuer, userAudience } from './identity.js';
import { PeerUnavailable, Refusal } from './refusal.js';
import { type Composition, defineService, provide, type ServiceDefinition } from './service.js';
import { aLatch, aSigningKey, eventually, freePort } from './testing/index.js';

type Handle = (caller: Caller) => Promise<notificationV1.Deliveries>;
const none = { deliveries: [] };

/** What the service under test does when it is called. */
class Behaviour {
  handle: Handle = () => Promise.resolve(none);
}

function controllerFor(allowed: readonly Allowed[]) {
  @Controller()
  class Deliveries {
    constructor(private readonly behaviour: Behaviour) {}

    @Rpc('NotificationService', 'listDeliveries', allowed)
    list(_request: notificationV1.ListDeliveriesRequest, caller: Caller): Promise<notificationV1.Deliveries> {
      return this.behaviour.handle(caller);
    }
  }
  return Deliveries;
}

/** One RPC is enough here. */
const { listDeliveries } = notificationV1.NotificationServiceService;
const definition = (compose: () => Composition, needs = { database: false, events: false }): ServiceDefinition<null> =>
  defineService({ name: 'notification', config: () => null, needs, serves: { NotificationService: { listDeliveries } }, compose });

describe('a service', () => {
  const signingKey = aSigningKey();
  const behaviour = new Behaviour();
  const stops: (() => Promise<unknown> | void)[] = [];
  let keyPair: Awaited<ReturnType<typeof generateKeyPair>>;
  let customerPort = 0;

  beforeAll(async () => {
    keyPair = await generateKeyPair('EdDSA');
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keyPair.publicKey)), kid: 'k1', alg: 'EdDSA' }] });
    const server = new Server();
    const serving = { getJwks: (_call: unknown, answer: sendUnaryData<customerV1.Jwks>) => answer(null, { json: jwks }) };
    server.addService({ getJwks: customer.CustomerServiceService.getJwks }, serving);
    customerPort = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
    );
    stops.push(() => server.forceShutdown());
  });
  afterEach(() => void (behaviour.handle = () => Promise.resolve(none)));
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const envOf = (port: number) => ({
    TANDEM_MODE: 'development',
    LOG_LEVEL: 'silent',
    DATABASE_URL: process.env['TEST_DATABASE_URL'] ?? 'postgres://127.0.0.1:1',
    SERVICE_SIGNING_KEY: signingKey,
    NOTIFICATION_GRPC_LISTEN: `127.0.0.1:${port}`,
    NOTIFICATION_HTTP_LISTEN: '127.0.0.1:0',
    CUSTOMER_GRPC_URL: `127.0.0.1:${customerPort}`,
  });
  const onFatal = (error: Error): void => process.emitWarning(error);

  /** Boots a service, and gives what calls it. */
  const boot = async (allowed: readonly Allowed[], composition: Partial<Composition> = {}) => {
    const port = await freePort();
    const compose = (): Composition => ({
      controllers: [controllerFor(allowed)],
      providers: [provide(Behaviour, behaviour)],
      ...composition,
    });
    const service: RunningService = await startService(definition(compose), envOf(port), { onFatal, measuresProcess: false });
    const options = { name: 'notification', url: `127.0.0.1:${port}`, serviceToken: () => Promise.resolve('') };
    const peer = createPeer(notificationV1.NotificationServiceService, options);
    const ops = createPeer(opsV1.OpsServiceService, options);
    stops.push(
      () => service.stop(),
      () => peer.close(),
      () => ops.close(),
    );
    const call = (token?: string) => peer.listDeliveries({ orderId: 'ord_1' }, token === undefined ? {} : { token });
    const codeOf = (calling: Promise<unknown>) =>
      calling.then(
        () => 'answered',
        (error: unknown) => (error instanceof Refusal ? error.problem.code : error instanceof PeerUnavailable ? 'away' : error),
      );
    return {
      service,
      ops,
      call,
      end: (token?: string) => codeOf(call(token)),
      http: async (path: string) => (await fetch((await service.app.getUrl()) + path)).status,
    };
  };
  const userToken = (kind: 'guest' | 'customer' | 'staff') =>
    new SignJWT({ kind })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt' })
      .setSubject('cus_ada')
      .setAudience(userAudience)
      .setIssuer(issuer)
      .setExpirationTime('5m')
      .sign(keyPair.privateKey);
  const serviceToken = () =>
    createIdentity({ service: 'order', signingKey, fetchJwks: () => Promise.reject(new Error('not asked')) }).serviceToken();

  it('lets in whom its policy names, and nobody else', async () => {
    const tokens = ['', await userToken('guest'), await userToken('staff'), await serviceToken(), 'nonsense'];
    const endsOf = async (allowed: readonly Allowed[]) => {
      const { end } = await boot(allowed);
      return Promise.all(tokens.map(end));
    };
    expect(await endsOf(['service'])).toEqual(['token-missing', 'forbidden', 'forbidden', 'answered', 'token-invalid']);
    expect(await endsOf(['user'])).toEqual(['token-missing', 'answered', 'answered', 'forbidden', 'token-invalid']);
    expect(await endsOf(['staff'])).toEqual(['token-missing', 'forbidden', 'answered', 'forbidden', 'token-invalid']);
    expect(await endsOf(['public'])).toEqual(['answered', 'answered', 'answered', 'answered', 'answered']);
  });

  it('tells its handler who calls', async () => {
    const { call } = await boot(['user', 'service']);
    const seen: unknown[] = [];
    behaviour.handle = (caller) => (seen.push(caller.by, caller.token === undefined), Promise.resolve(none));
    await call(await userToken('customer'));
    await call(await serviceToken());
    expect(seen).toEqual([
      { kind: 'user', principal: { id: 'cus_ada', kind: 'customer' } },
      false,
      { kind: 'service', service: 'order' },
      true,
    ]);
  });

  it('hands refusals on whole, and says nothing of what went wrong inside', async () => {
    const { call } = await boot(['service']);
    const token = await serviceToken();
    const refusalOf = async (error: unknown) => {
      behaviour.handle = () => Promise.reject(error);
      return call(token).then(
        () => 'answered',
        (caught: unknown) => (caught instanceof Refusal ? { ...caught.problem, cause: caught.cause } : caught),
      );
    };
    const details = { detail: 'only two', extensions: { available: 2 } };
    expect(await refusalOf(new Refusal('out-of-stock', details))).toEqual({ code: 'out-of-stock', ...details });
    expect(await refusalOf(new TypeError('SELECT secret FROM account at line 12'))).toEqual({ code: 'internal-error' });
    expect(await refusalOf('a string')).toEqual({ code: 'internal-error' });
    expect(await refusalOf(Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' }))).toEqual({
      code: 'unavailable',
      detail: 'a database is away for a moment',
      retryAfterSeconds: 1,
    });
    const socketGone = { code: 'ENOENT', syscall: 'connect' };
    expect(await refusalOf(Object.assign(new Error('connect ENOENT /run/.s.PGSQL.5432'), socketGone))).toEqual({
      code: 'unavailable',
      detail: 'a database is away for a moment',
      retryAfterSeconds: 1,
    });
    expect(await refusalOf(Object.assign(new Error('ENOENT: no such file'), { ...socketGone, syscall: 'open' }))).toEqual({
      code: 'internal-error',
    });
    expect(await refusalOf(new PeerUnavailable('cart', 14))).toEqual({
      code: 'unavailable',
      detail: 'cart is away for a moment',
      retryAfterSeconds: 1,
    });
  });

  it('does not boot with an RPC nobody handles, or a handler of one it does not serve; nothing stays open then', async () => {
    const port = await freePort();
    const closed: string[] = [];
    const close = () => Promise.resolve(void closed.push('own parts'));
    await expect(
      startService(
        definition(() => ({ controllers: [], providers: [], close })),
        envOf(port),
        { onFatal },
      ),
    ).rejects.toThrow('NotificationService/listDeliveries has no handler');
    const stranger = {
      ...definition(() => ({ controllers: [controllerFor(['public'])], providers: [provide(Behaviour, behaviour)] })),
      serves: {},
    };
    await expect(startService(stranger, envOf(port), { onFatal })).rejects.toThrow('is handled but not served');
    expect(closed).toEqual(['own parts']);
  });

  it('does not boot when its port is taken, and gives back what it had opened', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    const closed: string[] = [];
    const compose = (): Composition => ({
      controllers: [controllerFor(['public'])],
      providers: [provide(Behaviour, behaviour)],
      close: () => Promise.resolve(void closed.push('own parts')),
    });
    await expect(startService(definition(compose), envOf(port), { onFatal })).rejects.toThrow();
    expect(closed).toEqual(['own parts']);
    await new Promise((resolve) => taken.close(resolve));
  });

  it('says why it is not ready, over HTTP and to the storefront', async () => {
    const reasons: string[] = [];
    const { ops, http } = await boot(['public'], { blockers: () => Promise.resolve(reasons) });
    expect([await http('/livez'), await http('/readyz'), await http('/metrics'), await http('/version')]).toEqual([200, 200, 200, 200]);
    reasons.push('the templates are missing');
    await eventually(
      () => http('/readyz'),
      (status) => status === 503,
    );
    expect(await ops.getReadiness({})).toEqual({ service: 'notification', ready: false, reasons: ['the templates are missing'] });
  });

  it('begins its own work again while its database does not answer, and does not come up with any other failure', async () => {
    const failures: Error[] = [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })];
    const seeding = {
      name: 'seeding',
      start: () => (failures[0] ? Promise.reject(failures.shift()) : Promise.resolve()),
      stop: () => Promise.resolve(),
    };
    const { http } = await boot(['public'], { background: [seeding] });
    expect([failures, await http('/readyz')]).toEqual([[], 200]);
    failures.push(new Error('the seed is wrong'), new Error('never asked for'));
    await expect(boot(['public'], { background: [seeding] })).rejects.toThrow('the seed is wrong');
  });

  it('drains in order: sweepers, the request in hand, its own parts; a part that fails to close keeps none open', async () => {
    const order: string[] = [];
    const gate = aLatch();
    const { service, call, end } = await boot(['public'], {
      background: [
        { name: 'sweeper', start: () => Promise.resolve(), stop: () => (order.push('sweeper'), gate.open(), Promise.resolve()) },
      ],
      close: () => {
        order.push('own parts');
        throw new Error('a part that fails to close');
      },
    });
    const begun = aLatch();
    behaviour.handle = async () => (begun.open(), await gate.opened, await Promise.resolve(), order.push('request'), none);
    const inHand = call();
    await begun.opened;
    const stopping = service.stop();
    expect(await inHand).toEqual(none);
    await Promise.all([stopping, service.stop()]);
    expect(order).toEqual(['sweeper', 'request', 'own parts']);
    expect(await end()).toBe('away');
  });
});
