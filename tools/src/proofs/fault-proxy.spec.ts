import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';

describe('the way on which everything can go wrong', () => {
  let server: Server;
  let way: FaultProxy;
  const servers: Socket[] = [];
  const clients: Socket[] = [];

  /** A connection by that way, both ends of it. */
  async function join(by = way): Promise<{ readonly client: Socket; readonly peer: Socket }> {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(by.port, '127.0.0.1').on('error', () => undefined);
    clients.push(client);
    await once(client, 'connect');
    const [peer] = await accepted;
    servers.push(peer.on('error', () => undefined));
    return { client, peer };
  }

  async function text(socket: Socket): Promise<string> {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString();
  }

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    way = await startFaultProxy((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    for (const socket of [...clients.splice(0), ...servers.splice(0)]) socket.destroy();
    await way.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('passes both directions on', async () => {
    const { client, peer } = await join();
    client.write('question');
    await expect(text(peer)).resolves.toBe('question');
    peer.write('answer');
    await expect(text(client)).resolves.toBe('answer');
  });

  it('lets nothing overtake what is late, also when the lateness ends', async () => {
    const { client, peer } = await join();
    const sent = Array.from({ length: 100 }, (_, n) => `${n} `);
    let received = '';
    peer.on('data', (chunk: Buffer) => (received += chunk.toString()));
    for (const [n, part] of sent.entries()) {
      way.delay((n % 3) * 20);
      client.write(part);
      await new Promise(setImmediate);
    }
    while (received.length < sent.join('').length) await once(peer, 'data');
    expect(received).toBe(sent.join(''));
  });

  it('cuts an answer in the middle, that connection alone', async () => {
    const [{ client, peer }, other] = [await join(), await join()];
    way.cutAfter(4);
    const received = buffer(client).then(String);
    peer.write('half of it');
    await expect(received).resolves.toBe('half');
    other.peer.write('whole');
    await expect(text(other.client)).resolves.toBe('whole');
  });

  it('swallows the answers of connections that are open, and not what they ask', async () => {
    const { client, peer } = await join();
    way.mute();
    peer.write('not heard');
    client.write('asked');
    await expect(text(peer)).resolves.toBe('asked');
    const other = await join();
    other.peer.write('heard');
    await expect(text(other.client)).resolves.toBe('heard');
    expect(client.bytesRead).toBe(0);
  });

  it('swallows everything, of either side, while it is a black hole, and resets when it is over', async () => {
    const { client, peer } = await join();
    way.blackHole(true);
    client.write('lost');
    peer.write('lost');
    const another = await startFaultProxy((server.address() as AddressInfo).port);
    const passing = await join(another); // what goes there and back by another way took longer than what was swallowed would have
    passing.client.write('question');
    await text(passing.peer);
    passing.peer.write('answer');
    await text(passing.client);
    const closed = new Promise((resolve) => client.once('close', resolve));
    way.blackHole(false);
    await closed;
    await another.close();
    expect([client.bytesRead, peer.bytesRead]).toEqual([0, 0]);
  });
});
