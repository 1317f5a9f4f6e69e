import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { eventually } from '../../testing/contract-bench.js';
import { Connections } from './connections.js';

/** Takes connections, hears what is sent, answers nothing. */
async function muteBroker(): Promise<{ readonly server: Server; readonly address: string; readonly open: Set<Socket> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.resume());
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, open, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the connections of a client of Kafka', () => {
  const undo: (() => void)[] = [];
  afterEach(() => undo.splice(0).forEach((step) => step()));

  it('to a broker that let a request time out are ended, those to another stay', async () => {
    const [mute, other] = [await muteBroker(), await muteBroker()];
    for (const { server, open } of [mute, other]) undo.push(() => (server.close(), open.forEach((socket) => socket.destroy())));
    const connections = new Connections();
    const connectTo = async (address: string): Promise<void> => {
      const times = { connectionTimeout: 200, requestTimeout: 200, retry: { retries: 0 } };
      const { socketFactory } = connections;
      const kafka = new kafkajs.Kafka({ brokers: [address], socketFactory, ...times, logLevel: kafkajs.logLevel.NOTHING });
      const admin = kafka.admin();
      if (address === mute.address) admin.on(admin.events.REQUEST_TIMEOUT, connections.unheard);
      await expect(admin.connect()).rejects.toThrow();
    };
    await Promise.all([mute.address, other.address].map(connectTo));

    await eventually(() => expect(mute.open.size).toBe(0));
    expect(other.open.size).toBe(1);
  });
});
