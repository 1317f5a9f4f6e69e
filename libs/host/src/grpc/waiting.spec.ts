import { Controller } from '@nestjs/common';
import { Server, type sendUnaryData, ServerCredentials, status } from '@grpc/grpc-js';
import { type customerV1, customerV1 as customer, notificationV1 } from '@tandem/contracts';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type RunningService, startService } from '../boot.js';
import { issuer, userAudience } from '../identity.js';
import { PeerUnavailable } from '../refusal.js';
import { defineService } from '../service.js';
import { aCaller, aLatch, aSigningKey, eventually, freePort } from '../testing/index.js';
import type { Caller } from './caller.js';
import { Neighbours } from './neighbours.js';
import { NobodyWaits } from './nobody-waits.js';
import { createPeer, type Peer } from './peer.js';
import { Rpc } from './rpc.js';

const { listDeliveries } = notificationV1.NotificationServiceService;
const served = { listDeliveries };
const none = { deliveries: [] };

describe.each(['over the network', 'in the same process'])('a call %s that nobody waits for any more', (way) => {
  const begun: Caller[] = [];
  let handle: (caller: Caller) => Promise<notificationV1.Deliveries> = () => Promise.resolve(none);
  const keys = aLatch();
  let service: RunningService;
  let peer: Peer<typeof served>;
  let customers: Server;
  let token: string;

  @Controller()
  class Deliveries {
    @Rpc('NotificationService', 'listDeliveries', ['user'])
    list(_request: notificationV1.ListDeliveriesRequest, caller: Caller): Promise<notificationV1.Deliveries> {
      begun.push(caller);
      return handle(caller);
    }
  }

  beforeAll(async () => {
    const keyPair = await generateKeyPair('EdDSA');
    const json = JSON.stringify({ keys: [{ ...(await exportJWK(keyPair.publicKey)), kid: 'k1', alg: 'EdDSA' }] });
    token = await new SignJWT({ kind: 'guest' })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt' })
      .setSubject('cus_ada')
      .setAudience(userAudience)
      .setIssuer(issuer)
      .setExpirationTime('5m')
      .sign(keyPair.privateKey);
    customers = new Server();
    const getJwks = (_call: unknown, answer: sendUnaryData<customerV1.Jwks>): void => void keys.opened.then(() => answer(null, { json }));
    customers.addService({ getJwks: customer.CustomerServiceService.getJwks }, { getJwks });
    const customerPort = await new Promise<number>((resolve, reject) =>
      customers.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
    );
    const port = await freePort();
    const neighbours = new Neighbours();
    const definition = defineService({
      name: 'notification',
      config: () => null,
      needs: { database: false, events: false },
      serves: { NotificationService: served },
      compose: () => ({ controllers: [Deliveries], providers: [] }),
    });
    const env = {
      TANDEM_MODE: 'development',
      LOG_LEVEL: 'silent',
      DATABASE_URL: 'postgres://127.0.0.1:1',
      SERVICE_SIGNING_KEY: aSigningKey(),
      NOTIFICATION_GRPC_LISTEN: `127.0.0.1:${port}`,
      NOTIFICATION_HTTP_LISTEN: '127.0.0.1:0',
      CUSTOMER_GRPC_URL: `127.0.0.1:${customerPort}`,
    };
    const onFatal = (error: Error): void => process.emitWarning(error);
    service = await startService(definition, env, {
      onFatal,
      measuresProcess: false,
      ...(way === 'in the same process' ? { neighbours } : {}),
    });
    peer = createPeer(served, { name: 'notification', url: `127.0.0.1:${port}`, serviceToken: () => Promise.resolve(''), neighbours });
  });
  afterAll(async () => {
    peer.close();
    await service.stop();
    customers.forceShutdown();
  });
  afterEach(() => void ((begun.length = 0), (handle = () => Promise.resolve(none))));

  const ask = (options = {}) => peer.listDeliveries({ orderId: 'ord_1' }, { token, ...options });
  const statusOf = (calling: Promise<unknown>): Promise<unknown> =>
    calling.then(
      () => 'answered',
      (error: unknown) => (error instanceof PeerUnavailable ? error.grpcStatus : error),
    );

  it('is not begun by a handler that is reached after its deadline', async () => {
    expect(await statusOf(ask({ timeoutMs: 100 }))).toBe(status.DEADLINE_EXCEEDED);
    const inTime = ask({ requestId: 'in time' });
    keys.open(); // only now it is known who calls
    await inTime;
    expect(begun.map(({ requestId }) => requestId)).toEqual(['in time']);
  });

  it('tells its handler, whose own calls on behalf of it end, and counts as nobody’s failure', async () => {
    const [reached, ended] = [aLatch(), aLatch()];
    const met: unknown[] = [];
    handle = async (caller) => {
      if (met.length > 0) return aLatch().opened.then(() => none);
      met.push('called');
      const further = peer.listDeliveries({ orderId: 'ord_2' }, { as: caller });
      reached.open();
      await further.catch((error: unknown) => met.push(error));
      await peer.listDeliveries({ orderId: 'ord_3' }, { as: caller }).catch((error: unknown) => met.push(error));
      ended.open();
      throw new NobodyWaits('gone');
    };
    const gone = new AbortController();
    const asked = ask({ as: { ...aCaller({ kind: 'anonymous' }), signal: gone.signal } });
    await reached.opened;
    await eventually(
      () => begun.length,
      (count) => count === 2,
    );
    gone.abort();
    expect(await statusOf(asked)).toEqual(new NobodyWaits('gone'));
    await ended.opened;
    expect([met, begun.length]).toEqual([['called', new NobodyWaits('gone'), new NobodyWaits('gone')], 2]);
    await eventually(
      () => service.metrics.registry.metrics(),
      (text) => text.includes('status="nobody-waits-gone"'),
    );
  });
});
