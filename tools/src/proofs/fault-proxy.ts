import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A way to a server on which everything can go wrong. */
export type FaultProxy = {
  readonly port: number;
  /** Where it leads to. */
  aim(port: number): void;
  /** Resets every connection. */
  cut(): void;
  /** Swallows everything in both directions; connections stay, and new ones are taken. */
  blackHole(on: boolean): void;
  /** Swallows every answer to the connections that are open now; what they send goes through, and new ones are whole. */
  mute(): void;
  /** Everything that is sent from now on takes longer by this, ms; nothing overtakes what was sent before it. */
  delay(ms: number): void;
  /** Lets so many bytes of answers through, and then cuts the connection on which they came, also in the middle of an answer. */
  cutAfter(bytes: number): void;
  /** Kafka: swallows the next answers to Produce requests and cuts their connections; answers a function that tells how many it was so far. */
  loseAnswers(count: number): () => number;
  close(): Promise<void>;
};

type Faults = { target: number; isBlackHole: boolean; delayMs: number; cutAfter: number | undefined; toLose: number; lost: number };

/** Listens on a free port of the loopback. */
export async function startFaultProxy(target = 0): Promise<FaultProxy> {
  const faults: Faults = { target, isBlackHole: false, delayMs: 0, cutAfter: undefined, toLose: 0, lost: 0 };
  const open = new Set<Socket>();
  const muted = new WeakSet<Socket>();
  const server = createServer((client) => join(client, { faults, open, muted }));
  const port = await listening(server);
  const cut = (): void => open.forEach((socket) => socket.resetAndDestroy());
  return {
    port,
    aim: (to) => void (faults.target = to),
    cut,
    blackHole(on) {
      faults.isBlackHole = on;
      if (!on) cut(); // what was swallowed is gone: no half-answered connection may go on
    },
    mute: () => open.forEach((socket) => muted.add(socket)),
    delay: (ms) => void (faults.delayMs = ms),
    cutAfter: (bytes) => void (faults.cutAfter = bytes),
    loseAnswers(count) {
      faults.toLose = count;
      faults.lost = 0;
      return () => faults.lost;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

type Ways = { readonly faults: Faults; readonly open: Set<Socket>; readonly muted: WeakSet<Socket> };

function join(client: Socket, { faults, open, muted }: Ways): void {
  const upstream = connect({ host: '127.0.0.1', port: faults.target });
  const ends = [client, upstream];
  const end = (): void => ends.forEach((socket) => socket.destroy());
  // A dial to a port nobody listens on may meet itself, and would then keep the server from having its port back.
  upstream.once('connect', () => upstream.localPort === upstream.remotePort && end());
  for (const socket of ends) {
    open.add(socket);
    socket
      .setNoDelay(true)
      .on('error', end)
      .on('close', () => (open.delete(socket), end()));
  }
  const [there, back] = [wayTo(upstream, faults), wayTo(client, faults)];
  const produced = new Set<number>();
  client.on('data', (chunk: Buffer) => {
    // A request of Kafka begins with its size, the key of its kind (0: Produce), its version and its number (Kafka protocol guide, "Request header").
    if (faults.toLose > 0 && chunk.length >= 12 && chunk.readInt16BE(4) === 0) produced.add(chunk.readInt32BE(8));
    there(chunk);
  });
  upstream.on('data', (chunk: Buffer) => {
    if (muted.has(upstream)) return;
    if (faults.toLose > 0 && chunk.length >= 8 && produced.has(chunk.readInt32BE(4))) {
      faults.toLose -= 1;
      faults.lost += 1;
      return end();
    }
    const { cutAfter = Infinity } = faults;
    if (chunk.length > cutAfter) {
      faults.cutAfter = undefined;
      back(chunk.subarray(0, cutAfter));
      return end();
    }
    if (faults.cutAfter !== undefined) faults.cutAfter -= chunk.length;
    back(chunk);
  });
}

/** Passes chunks on in their order, each as late as was told when it came. */
function wayTo(to: Socket, faults: Faults): (chunk: Buffer) => void {
  const underWay: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  const arrive = (): void => {
    for (let [next] = underWay; next !== undefined; [next] = underWay) {
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) return void setTimeout(arrive, Math.ceil(waitMs));
      if (!to.destroyed) to.write(next.chunk);
      underWay.shift();
    }
  };
  return (chunk) => {
    if (faults.isBlackHole) return;
    underWay.push({ chunk, dueMs: performance.now() + faults.delayMs });
    if (underWay.length === 1) arrive();
  };
}
