import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { freePort } from '../testing/spec-process.js';
import { s3Storage } from './s3-storage.js';
import { storageContract } from './storage.contract.js';
import { bytesOf, storageKey } from './storage.js';

/** `s3://bucket?endpoint=http://127.0.0.1:9000` of a server of one's own, with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. */
const given = process.env['S3_TEST_URL'];

if (given !== undefined && given !== '') {
  const { host, searchParams } = new URL(given);
  storageContract('a bucket', () =>
    Promise.resolve({
      storage: s3Storage(host, { region: 'us-east-1', endpoint: searchParams.get('endpoint') ?? '' }),
      close: () => Promise.resolve(),
    }),
  );

  it('a bucket that is not there is a storage that is away', async () => {
    const storage = s3Storage('no-such-bucket-of-ours', { region: 'us-east-1', endpoint: searchParams.get('endpoint') ?? '' });
    await expect(storage.put(storageKey('a'), Buffer.from('x'))).rejects.toMatchObject({ name: 'Unavailable', system: 'storage' });
    await storage.close();
  });
} else {
  it.todo('a bucket as a storage: the contract (not run: S3_TEST_URL is not set; docs/how-to/store-files-in-s3.md says how)');
}

/** Takes every connection, says `answer` to what is asked, and nothing more. */
async function aSilentServer(answer = '') {
  const sockets = new Set<Socket>();
  const server = createServer(
    (socket) => void sockets.add(socket.on('error', () => undefined).once('data', () => answer && socket.write(answer))),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, close: () => (sockets.forEach((socket) => socket.destroy()), server.close()) };
}

it.each([
  ['nothing', ''],
  ['half an object', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
])('a bucket whose server takes the connection and says %s is a storage that is away', async (_what, answer) => {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'spec';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'spec';
  const { endpoint, close } = await aSilentServer(answer);
  const storage = s3Storage('tandem', { region: 'us-east-1', endpoint, silenceMs: 200 });
  const reading = storage.get(storageKey('a')).then((found) => found && bytesOf(found.content));
  await expect(reading).rejects.toMatchObject({ name: 'Unavailable', system: 'storage' });
  await storage.close();
  close();
});

it('a bucket whose server does not answer is a storage that is away', async () => {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'spec';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'spec';
  const storage = s3Storage('tandem', { region: 'us-east-1', endpoint: `http://127.0.0.1:${await freePort()}` });
  await expect(storage.get(storageKey('a'))).rejects.toMatchObject({ name: 'Unavailable', system: 'storage' });
  await storage.close();
});
