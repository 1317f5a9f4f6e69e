import { Metadata, type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { notificationV1 } from '@tandem/contracts';
import { PeerUnavailable, Refusal } from '../refusal.js';
import { aCaller, aLatch, freePort } from '../testing/index.js';
import { createMetrics } from '../metrics.js';
import { metadataKeys } from './caller.js';
import { Neighbours } from './neighbours.js';
import { NobodyWaits } from './nobody-waits.js';
import { createPeer, forSeveral, type Peer, wasNeverBegun } from './peer.js';
import { toGrpcError } from './problem-wire.js';

type Call = ServerUnaryCall<notificationV1.ListDeliveriesRequest, notificationV1.Deliveries>;
type Answer = (call: Call, answer: sendUnaryData<notificationV1.Deliveries>) => void;

const definition = notificationV1.NotificationServiceService;
const unavailable: Answer = (_call, answer) => answer({ code: status.UNAVAILABLE, details: 'not now' });
const delivery = { id: 'ntc_1', orderId: 'ord_1', kind: 'order.confirmed', messageId: '<1>', status: 'sent', at: 'now', to: 'a@b.c' };
const deliveries = { deliveries: [{ ...delivery, resendings: [] }] };
const good: Answer = (_call, answer) => answer(null, deliveries);

describe.each(['over the network', 'in the same process'])('a peer %s', (way) => {
  let server: Server;
  let peer: Peer<typeof definition>;
  let silent: Peer<typeof definition>;
  let peerUrl: string;
  const neighbours = new Neighbours();
  let leave: (() => Promise<void>) | undefined;
  let calls: Call[] = [];
  /** What the next calls are answered with; the last one stays. */
  let answers: Answer[] = [];

  beforeAll(async () => {
    server = new Server();
    if (way === 'in the same process') leave = neighbours.join('notification', server);
    server.addService(definition, {
      listDeliveries: (call: Call, answer: sendUnaryData<notificationV1.Deliveries>) => {
        calls.push(call);
        const next = answers.length > 1 ? answers.shift() : answers[0];
        next?.(call, answer);
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    peerUrl = `127.0.0.1:${port}`;
    const options = { name: 'notification', serviceToken: () => Promise.resolve('service-token') };
    peer = createPeer(definition, { ...options, url: peerUrl, neighbours });
    silent = createPeer(definition, { ...options, url: `127.0.0.1:${await freePort()}` });
  });
  afterAll(() => {
    peer.close();
    silent.close();
    server.forceShutdown();
  });
  beforeEach(() => {
    calls = [];
    answers = [good];
  });

  const ask = (options = {}) => peer.listDeliveries({ orderId: 'ord_1' }, options);
  const failureOf = (call: Promise<unknown>) =>
    call.then(
      () => 'answered',
      (error: unknown) => (error instanceof PeerUnavailable ? `${error.peer} ${error.grpcStatus}` : error),
    );
  /** Of a call that came to where it was asked: one whose deadline was over before, on a busy machine, is asked for again. */
  const failureReached = async (options: object): Promise<unknown> => {
    const failure = await failureOf(ask(options));
    return calls.length > 0 ? failure : failureReached(options);
  };
  const sent = (name: string) => calls[0]?.metadata.get(name);

  it("is called as a function, with the service's own token", async () => {
    expect(await ask({ requestId: 'req-1', idempotencyKey: 'key-1' })).toEqual(deliveries);
    expect([sent(metadataKeys.authorization), sent(metadataKeys.requestId), sent(metadataKeys.idempotencyKey)]).toEqual([
      ['Bearer service-token'],
      ['req-1'],
      ['key-1'],
    ]);
  });

  it('is called on as the caller: token, request id, key and deadline travel', async () => {
    const deadline = new Date(Date.now() + 20_000);
    const as = {
      by: { kind: 'anonymous' },
      requestId: 'req-2',
      idempotencyKey: 'key-2',
      token: 'user-token',
      deadline,
      traceparent: 'trace',
      markReplayed: () => undefined,
    } as const;
    await ask({ as, timeoutMs: 60_000 });
    expect([metadataKeys.authorization, metadataKeys.requestId, metadataKeys.idempotencyKey, metadataKeys.traceparent].map(sent)).toEqual([
      ['Bearer user-token'],
      ['req-2'],
      ['key-2'],
      ['trace'],
    ]);
    const onItsWayMs = new Date(calls[0]?.getDeadline() as Date).getTime() - deadline.getTime();
    expect(onItsWayMs).toBeLessThan(20_000); // the wire tells how long there is left, as of its arrival; without the caller's it would be 40 s
  });

  it('is not asked on behalf of a caller whose deadline has passed', async () => {
    expect(await failureOf(ask({ as: { ...aCaller({ kind: 'anonymous' }), deadline: new Date(Date.now() - 1) } }))).toBe(
      `notification ${status.DEADLINE_EXCEEDED}`,
    );
    await ask();
    expect(calls).toHaveLength(1);
  });

  it('that does not answer in time is unavailable, and is not asked again', async () => {
    answers = [() => undefined];
    expect(await failureReached({ timeoutMs: 100, isRepeatable: true })).toBe(`notification ${status.DEADLINE_EXCEEDED}`);
    expect(calls).toHaveLength(1);
  });

  it('that is away for a moment is asked once more when the call may be repeated, else not', async () => {
    answers = [unavailable, good];
    expect(await ask({ isRepeatable: true })).toEqual(deliveries);
    answers = [unavailable];
    expect([await failureOf(ask({ isRepeatable: true })), await failureOf(ask())]).toEqual([
      `notification ${status.UNAVAILABLE}`,
      `notification ${status.UNAVAILABLE}`,
    ]);
    expect(calls).toHaveLength(2 + 2 + 1);
  });

  it('that stays away is asked once more for about every tenth call, and says so in figures', async () => {
    const { rpcRetried } = createMetrics('spec', false);
    const pressed = createPeer(definition, {
      name: 'notification',
      url: peerUrl,
      serviceToken: () => Promise.resolve(''),
      neighbours,
      retries: rpcRetried,
    });
    answers = [unavailable];
    const begun = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => failureOf(pressed.listDeliveries({ orderId: 'ord_1' }, { isRepeatable: true }))));
    pressed.close();
    const seconds = Math.ceil((performance.now() - begun) / 1_000);
    const { values } = await rpcRetried.get();
    const counted = Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
    expect(calls.length - 200).toBe(counted['made']);
    expect(counted['made']).toBeLessThanOrEqual(10 + 20 + seconds);
    expect((counted['made'] ?? 0) + (counted['denied'] ?? 0)).toBe(200);
  });

  it('that is on its way up is waited for, also by a call that may not be repeated', async () => {
    const port = await freePort();
    const restarted = createPeer(definition, { name: 'notification', serviceToken: () => Promise.resolve(''), url: `127.0.0.1:${port}` });
    const refused = await failureOf(restarted.listDeliveries({ orderId: 'ord_1' }, { timeoutMs: 150 }));
    const answered = restarted.listDeliveries({ orderId: 'ord_1' });
    const successor = new Server();
    successor.addService(definition, {
      listDeliveries: (_call: Call, answer: sendUnaryData<notificationV1.Deliveries>) => answer(null, deliveries),
    });
    await new Promise((resolve) => successor.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), resolve));
    expect([refused, await answered]).toEqual([`notification ${status.UNAVAILABLE}`, deliveries]);
    restarted.close();
    successor.forceShutdown();
  });

  it('that refuses streams, as on its way down, is asked again: it has begun nothing', async () => {
    const leavingServer = createServer();
    let refused = 0;
    leavingServer.on('stream', (stream) => {
      refused += 1;
      stream.on('error', () => undefined).close(constants.NGHTTP2_REFUSED_STREAM);
    });
    await new Promise<void>((resolve) => leavingServer.listen(0, '127.0.0.1', resolve));
    const { port } = leavingServer.address() as AddressInfo;
    const leaving = createPeer(definition, { name: 'notification', serviceToken: () => Promise.resolve(''), url: `127.0.0.1:${port}` });
    const failure = await leaving.listDeliveries({ orderId: 'ord_1' }, { timeoutMs: 1_000 }).catch((error: unknown) => error);
    leaving.close();
    leavingServer.close();
    expect(wasNeverBegun(failure)).toBe(true);
    expect(refused).toBeGreaterThan(1);
  });

  it('that nobody listens at is unavailable', async () => {
    const failure = await silent.listDeliveries({ orderId: 'ord_1' }, { isRepeatable: true }).catch((error: unknown) => error);
    expect(await failureOf(Promise.reject(failure as Error))).toBe(`notification ${status.UNAVAILABLE}`);
    expect(wasNeverBegun(failure)).toBe(true);
  });

  it('refuses with the whole problem, also one that says to come again: a refusal is an answer and not asked for twice', async () => {
    const problem = {
      code: 'out-of-stock',
      detail: 'zwei übrig',
      errors: [{ pointer: '/lines/0', code: 'short', message: 'only two' }],
      extensions: { lines: [{ lineId: 'line_1', available: 2 }] },
    } as const;
    const { code, ...details } = problem;
    answers = [
      (_call, answer) => answer(toGrpcError(new Refusal(code, details, { requestId: 'req-0' }))),
      (_call, answer) => answer(toGrpcError(new Refusal('payment-unavailable', { retryAfterSeconds: 2 }))),
    ];
    const [first, second] = [await failureOf(ask()), await failureOf(ask({ isRepeatable: true }))] as [Refusal, Refusal];
    expect([first.problem, first.replayOf, second.problem]).toEqual([
      problem,
      { requestId: 'req-0' },
      { code: 'payment-unavailable', retryAfterSeconds: 2 },
    ]);
    expect(calls).toHaveLength(2);
  });

  it('says when its answer is a stored one', async () => {
    const replayed = new Metadata();
    replayed.set(metadataKeys.replayed, 'true');
    answers = [good, (call, answer) => (call.sendMetadata(replayed), good(call, answer))];
    const told: string[] = [];
    await ask({ onReplayed: () => told.push('first') });
    await ask({ onReplayed: () => told.push('second') });
    expect(told).toEqual(['second']);
  });

  it('that answers what cannot be sent has failed', async () => {
    answers = [(_call, answer) => answer(null, { deliveries: 1 } as never)];
    expect(await failureOf(ask())).toBe(`notification ${status.INTERNAL}`);
  });

  it('is given a copy of the request, and gives a copy of the reply', async () => {
    const request = { orderId: 'ord_1' };
    const [first] = [await peer.listDeliveries(request)];
    request.orderId = 'ord_2';
    expect([calls[0]?.request, first === (deliveries as unknown)]).toEqual([{ orderId: 'ord_1' }, false]);
  });

  const gone = new AbortController();
  const asOneWhoGoes = (signal: AbortSignal) => ({ as: { ...aCaller({ kind: 'anonymous' }), signal } });

  it('hears that the caller has gone away, and the call ends at once', async () => {
    const [reached, heard] = [aLatch(), aLatch()];
    answers = [(call) => void (call.on('cancelled', heard.open), reached.open())];
    const asked = failureOf(ask({ ...asOneWhoGoes(gone.signal), isRepeatable: true }));
    await reached.opened;
    gone.abort();
    expect(await asked).toEqual(new NobodyWaits('gone'));
    await heard.opened;
    expect([calls.length, calls[0]?.cancelled]).toEqual([1, true]);
  });

  it('is asked nothing more by a caller that has gone away, neither dialled again', async () => {
    gone.abort();
    expect(await failureOf(ask(asOneWhoGoes(gone.signal)))).toEqual(new NobodyWaits('gone'));
    expect(() => forSeveral(asOneWhoGoes(gone.signal))).toThrow(NobodyWaits);
    const leaving = new AbortController();
    const dialled = failureOf(silent.listDeliveries({ orderId: 'ord_1' }, asOneWhoGoes(leaving.signal)));
    leaving.abort();
    expect([await dialled, calls]).toEqual([new NobodyWaits('gone'), []]);
  });

  it('goes on with what several wait for when one of them goes away', async () => {
    const [reached, go, leaving] = [aLatch(), aLatch(), new AbortController()];
    answers = [(call, answer) => (reached.open(), void go.opened.then(() => good(call, answer)))];
    const asked = ask(forSeveral(asOneWhoGoes(leaving.signal)));
    await reached.opened;
    leaving.abort();
    go.open();
    expect(await asked).toEqual(deliveries);
  });

  it('hears that the caller no longer waits', async () => {
    const heard = new Promise<string>(
      (resolve) => (answers = [(call) => void call.on('cancelled', () => resolve(`cancelled: ${call.cancelled}`))]),
    );
    await failureReached({ timeoutMs: 50 });
    expect(await heard).toBe('cancelled: true');
  });

  if (way === 'in the same process')
    it('is dialled again once it has left, and the calls in hand are waited for', async () => {
      let finish = (): void => undefined;
      answers = [(call, answer) => void (finish = () => good(call, answer)), good];
      const inHand = ask();
      await new Promise((resolve) => setImmediate(resolve));
      const left = leave?.();
      expect(await Promise.race([left?.then(() => 'left'), ask().then(() => 'answered')])).toBe('answered');
      expect(calls.map((call) => call.getPeer() === 'this process')).toEqual([true, false]);
      finish();
      expect([await inHand, await left]).toEqual([deliveries, undefined]);
    });
});
