import { createServer, type Server } from 'node:net';
import { inventoryV1 } from '@tandem/contracts';
import { createPeer, PeerUnavailable, Refusal, wasNeverBegun } from '@tandem/host';
import { isAway } from './away.js';

/** What a call to inventory at this port fails with. */
async function failureAt(port: number): Promise<unknown> {
  const peer = createPeer(inventoryV1.InventoryServiceService, {
    name: 'inventory',
    url: `127.0.0.1:${port}`,
    serviceToken: () => Promise.resolve(''),
  });
  return peer
    .release({ orderId: 'ord_1' }, { timeoutMs: 2_000 })
    .then(
      () => 'no failure',
      (error: unknown) => error,
    )
    .finally(() => peer.close());
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
}

describe('a service that is away', () => {
  it('was surely not asked when nobody listens', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const failure = await failureAt(port);
    expect(failure).toBeInstanceOf(PeerUnavailable);
    expect([isAway(failure), wasNeverBegun(failure)]).toEqual([true, true]);
  });

  it('may have been asked when the connection was cut after the request', async () => {
    const settingsFrame = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]); // RFC 9113, 6.5
    let bytes = 0;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(settingsFrame);
      socket.on('data', (data) => {
        bytes += data.length;
        if (data.includes('ord_1')) socket.resetAndDestroy();
      });
    });
    const failure = await failureAt(await listen(server));
    await new Promise((resolve) => server.close(resolve));
    expect(bytes).toBeGreaterThan(0);
    expect([isAway(failure), wasNeverBegun(failure)]).toEqual([true, false]);
  });

  it('is not the same as one that refuses', () => {
    expect(
      [new Refusal('unavailable'), new Refusal('internal-error'), new Refusal('payment-unavailable'), new Refusal('not-found')].map(isAway),
    ).toEqual([true, true, false, false]);
  });
});
