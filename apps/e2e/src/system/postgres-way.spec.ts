import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type PostgresWay, wayToPostgres } from './postgres-way.js';

describe('a way to PostgreSQL', () => {
  let server: Server;
  let way: PostgresWay;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    way = await wayToPostgres((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await way.close();
    server.close();
  });

  /** Both ends of a connection over the way, and how each hears that it is over. */
  async function connected(): Promise<{ client: Socket; upstream: Socket; ends: Promise<string>[] }> {
    const taken = once(server, 'connection') as Promise<[Socket]>;
    const client = connect({ host: '127.0.0.1', port: way.port });
    await once(client, 'connect');
    const [upstream] = await taken;
    const endOf = (socket: Socket): Promise<string> =>
      new Promise((resolve) => {
        socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code))).on('end', () => resolve('end'));
        socket.resume();
      });
    return { client, upstream, ends: [endOf(client), endOf(upstream)] };
  }

  it('tells one side that the other gives up', async () => {
    const { client, ends } = await connected();
    client.end();
    expect(await ends[1]).toBe('end');
  });

  it.each(['client', 'upstream'] as const)(
    'tells nobody while it is cut that the %s gives up, and resets who still waits when it is whole again',
    async (leaving) => {
      const { ends, ...sides } = await connected();
      way.blackHole(true);
      sides[leaving].destroy();
      // Whoever comes later is taken later: by then the way has heard of the one who left.
      const later = await connected();
      later.client.destroy();
      way.blackHole(false);
      expect(await ends[leaving === 'client' ? 1 : 0]).toBe('ECONNRESET');
    },
  );

  it('is closed when nobody is connected any more', async () => {
    const { ends } = await connected();
    await way.close();
    expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET']);
  });
});
