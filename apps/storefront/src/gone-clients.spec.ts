import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js';
import type { Server as HttpServer, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { documentV1, orderV1 } from '@tandem/contracts';
import { type CallOptions, createMetrics, createPeer, Refusal } from '@tandem/host';
import { aLatch, eventually } from '@tandem/host/testing';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

type Call = ServerUnaryCall<unknown, unknown>;
type Handler = (call: Call, answer: sendUnaryData<unknown>) => void;

describe('a client that closes its connection before the answer', () => {
  const told: string[] = [];
  const unhandled: unknown[] = [];
  const noteUnhandled = (error: unknown): void => void unhandled.push(error);
  const { rpcCalled: called } = createMetrics('spec', false);
  let reached = aLatch();
  let answer: (error: object | null, reply?: object) => void;
  let service: Server;
  let storefront: SpecStorefront;
  let close: () => void;

  beforeAll(async () => {
    process.on('unhandledRejection', noteUnhandled);
    const slow =
      (name: string): Handler =>
      (call, reply) => {
        told.push(`${name} called`);
        call.on('cancelled', () => told.push(`${name} told that nobody waits`));
        answer = reply as typeof answer;
        reached.open();
      };
    service = new Server();
    service.addService({ getDocument: documentV1.DocumentServiceService.getDocument }, { getDocument: slow('getDocument') });
    const { getOrder, cancelOrder } = orderV1.OrderServiceService;
    service.addService({ getOrder, cancelOrder }, { getOrder: slow('getOrder'), cancelOrder: slow('cancelOrder') });
    const port = await new Promise<number>((resolve, reject) =>
      service.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    const options = { url: `127.0.0.1:${port}`, serviceToken: () => Promise.resolve(''), durations: called };
    const document = createPeer(documentV1.DocumentServiceService, { name: 'document', ...options });
    const order = createPeer(orderV1.OrderServiceService, { name: 'order', ...options });
    storefront = await startStorefront({ document, order });
    close = () => (document.close(), order.close());
  });
  afterAll(async () => {
    await storefront.close();
    close();
    service.forceShutdown();
    process.off('unhandledRejection', noteUnhandled);
  });
  beforeEach(() => void ((told.length = 0), (reached = aLatch())));

  /** Asks, and hangs up as soon as a service has the call. */
  const goAwayFrom = async (requestLine: string): Promise<void> => {
    const head = [`${requestLine} HTTP/1.1`, 'Host: shop', 'Authorization: Bearer guest:cus_1', 'Idempotency-Key: k1'];
    const socket = connect(Number(new URL(storefront.url).port), '127.0.0.1', () => void socket.write(`${head.join('\r\n')}\r\n\r\n`));
    await reached.opened;
    await new Promise((closed) => socket.once('close', closed).destroy());
  };
  const calls = async (): Promise<readonly string[]> =>
    (await called.get()).values.map(({ labels }) => `${labels.method} ${labels.status}`);
  const ends = async (): Promise<readonly (readonly [unknown, number])[]> => {
    const { values } = await storefront.metrics.http.get();
    return values.filter(({ metricName }) => metricName?.endsWith('_count')).map(({ labels, value }) => [labels.status, value]);
  };

  it('has what it wanted to read given up: the service hears it, and nothing more is asked', async () => {
    await goAwayFrom('GET /v1/orders/ord_1/invoice');
    await eventually(
      () => told,
      (all) => all.includes('getDocument told that nobody waits'),
    );
    answer(null, {}); // whatever comes now comes to nobody
    await eventually(ends, (all) => all.length === 1);
    expect([told, await ends(), unhandled]).toEqual([['getDocument called', 'getDocument told that nobody waits'], [['499', 1]], []]);
  });

  it('has what it wanted to be done done to the end', async () => {
    await goAwayFrom('POST /v1/orders/ord_1/cancel');
    await eventually(ends, (all) => all.length === 2);
    expect(told).toEqual(['cancelOrder called']);
    answer({ code: status.NOT_FOUND, details: 'not-found' });
    await eventually(calls, (all) => all.includes(`cancelOrder ${status.NOT_FOUND}`));
    expect([(await ends()).map(([code]) => code), unhandled]).toEqual([['499', '499'], []]);
  });

  it('is listened for only where a call is made that would end with it', async () => {
    const listeners: number[] = [];
    let response: ServerResponse | undefined;
    const find = async (_slug: string, { as }: CallOptions) => {
      const count = (): void => void listeners.push(response?.listenerCount('close') ?? -1);
      count();
      expect(as?.signal).toBe(as?.signal);
      count();
      throw new Refusal('not-found');
    };
    const shop = await startStorefront({ pages: { find } });
    (shop.app.getHttpServer() as HttpServer).prependListener('request', (_request, each: ServerResponse) => void (response = each));
    await fetch(`${shop.url}/v1/products/x`);
    await shop.close();
    expect((listeners[1] ?? 0) - (listeners[0] ?? 0)).toBe(1);
  });
});
