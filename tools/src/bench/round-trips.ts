import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server on which the times are counted that a client spoke after the server had answered. */
export type CountedWay = { readonly port: number; roundTrips(): number; close(): Promise<void> };

/** Counts round trips, all connections together: what is sent without waiting for an answer travels together and counts once. */
export async function countedWayTo(port: number): Promise<CountedWay> {
  let count = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port, noDelay: true });
    let isAnswered = true;
    client.setNoDelay(true).on('data', (bytes) => {
      if (isAnswered) count += 1;
      isAnswered = false;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      isAnswered = true;
      client.write(bytes);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => (open.delete(socket), other.destroy()));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => count,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of open) socket.destroy();
      }),
  };
}
