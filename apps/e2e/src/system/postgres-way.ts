import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a client said at once after the server had answered: the statements by name, those without one by their first word. */
export type RoundTrip = { readonly database: string; readonly statements: readonly string[] };

/** A way to PostgreSQL that tells what goes over it, and can be cut. */
export type PostgresWay = {
  readonly port: number;
  /** The round trips since it was asked last. */
  roundTrips(): readonly RoundTrip[];
  /** Swallows everything in both directions, also that somebody gives up; connections stay, and new ones are taken. In the end all that were there are reset. */
  blackHole(on: boolean): void;
  close(): Promise<void>;
};

/** Listens on a free port of the loopback. */
export async function wayToPostgres(target: number): Promise<PostgresWay> {
  const open = new Set<Socket>();
  const state = { isBlackHole: false, trips: [] as { database: string; statements: string[] }[] };
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true });
    const said = listener();
    let trip: { database: string; statements: string[] } | undefined;
    client.setNoDelay(true).on('data', (bytes: Buffer) => {
      if (state.isBlackHole) return;
      const statements = said.heard(bytes);
      if (!trip) state.trips.push((trip = { database: said.database(), statements: [] }));
      trip.statements.push(...statements);
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (state.isBlackHole) return;
      trip = undefined;
      client.write(bytes);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      const gone = (): void => {
        open.delete(socket);
        if (!state.isBlackHole) other.destroy();
      };
      socket.on('error', gone).on('close', gone);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => open.forEach((socket) => socket.resetAndDestroy());
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => state.trips.splice(0),
    blackHole: (on) => {
      state.isBlackHole = on;
      if (!on) cut(); // what was swallowed is gone: no half-answered connection may go on
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}

/** Reads what one client says. Source: PostgreSQL documentation, "Message Formats": the first message has no letter; Bind (B) names a portal and a statement, Query (Q) is a text. */
function listener(): { heard(bytes: Buffer): readonly string[]; database(): string } {
  let [rest, database, isStarted] = [Buffer.alloc(0), '', false];
  const heard = (bytes: Buffer): readonly string[] => {
    rest = Buffer.concat([rest, bytes]);
    const statements: string[] = [];
    for (;;) {
      const head = isStarted ? 1 : 0;
      if (rest.length < head + 4) return statements;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return statements;
      const [kind, body] = [isStarted ? rest.toString('latin1', 0, 1) : '', rest.toString('latin1', head + 4, end)];
      rest = rest.subarray(end);
      const words = body.split('\0');
      if (kind === '') database = words[words.indexOf('database') + 1] ?? '';
      else if (kind === 'B') statements.push(words[1] || 'unnamed');
      else if (kind === 'Q') statements.push(words[0]?.split(/\s/, 1)[0] ?? '');
      isStarted = true;
    }
  };
  return { heard, database: () => database };
}
