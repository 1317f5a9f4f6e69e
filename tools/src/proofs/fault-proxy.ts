import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** What a way through the proxy does with what is sent to the client: the answers. */
export type AnswerRule = (chunk: Buffer) => 'pass' | 'drop' | 'cut';

/** A way to a server on which everything can go wrong. */
export type FaultProxy = {
  readonly port: number;
  /** Where it leads to. */
  aim(port: number): void;
  /** Resets every connection. */
  cut(): void;
  /** Swallows everything in both directions; connections stay, and new ones are taken. */
  blackHole(on: boolean): void;
  /** Everything takes longer by this, ms. */
  delay(ms: number): void;
  /** Cuts the next connection that has had this many bytes of answer. */
  cutAfter(bytes: number): void;
  /** Asked for each piece of an answer; `undefined` passes all. */
  answers(rule: AnswerRule | undefined): void;
  close(): Promise<void>;
};

type Faults = { target: number; isBlackHole: boolean; delayMs: number; cutAfter: number | undefined; rule: AnswerRule | undefined };

/** Listens on a free port of the loopback. */
export async function startFaultProxy(target = 0): Promise<FaultProxy> {
  const faults: Faults = { target, isBlackHole: false, delayMs: 0, cutAfter: undefined, rule: undefined };
  const open = new Set<Socket>();
  const server = createServer((client) => join(client, faults, open));
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
    delay: (ms) => void (faults.delayMs = ms),
    cutAfter: (bytes) => void (faults.cutAfter = bytes),
    answers: (rule) => void (faults.rule = rule),
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

function join(client: Socket, faults: Faults, open: Set<Socket>): void {
  const upstream = connect({ host: '127.0.0.1', port: faults.target });
  const ends = [client, upstream];
  const end = (): void => ends.forEach((socket) => socket.destroy());
  for (const socket of ends) {
    open.add(socket);
    socket.setNoDelay(true).on('error', end).on('close', () => (open.delete(socket), end()));
  }
  let answered = 0;
  client.on('data', (chunk: Buffer) => forward(upstream, chunk, faults));
  upstream.on('data', (chunk: Buffer) => {
    const verdict = faults.rule?.(chunk) ?? 'pass';
    if (verdict === 'cut') return end();
    if (verdict === 'drop') return;
    answered += chunk.length;
    if (faults.cutAfter !== undefined && answered > faults.cutAfter) {
      faults.cutAfter = undefined;
      return end();
    }
    forward(client, chunk, faults);
  });
}

function forward(to: Socket, chunk: Buffer, faults: Faults): void {
  if (faults.isBlackHole) return;
  const write = (): void => void (to.destroyed || to.write(chunk));
  if (faults.delayMs > 0) setTimeout(write, faults.delayMs);
  else write();
}
