import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { httpSender } from './http-sender.js';
import { guardedLookup, PrivateAddress, publicAddresses } from './public-address.js';

describe('an address', () => {
  it('is public or not, by every registry of special addresses', () => {
    const isPublic = publicAddresses();
    const open = ['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::1'];
    const closed = [
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      '64:ff9b::7f00:1',
      'fc00::1',
      'fd12::1',
      'fe80::1',
      'ff02::1',
      '2002:7f00:1::',
      '2001:db8::1',
      '2001::1',
      'not an address',
      '',
    ];
    expect(open.map(isPublic)).toEqual(open.map(() => true));
    expect(closed.map(isPublic)).toEqual(closed.map(() => false));
  });

  it('is looked at when it is connected to, so a name that has become private is refused', async () => {
    const found = await new Promise((resolve) => guardedLookup(() => false)('localhost', { all: true }, (error) => resolve(error)));
    expect(found).toBeInstanceOf(PrivateAddress);
  });
});

describe('sending', () => {
  const seen: { headers: IncomingHttpHeaders; body: string; path: string }[] = [];
  let answer: { status: number; headers?: Record<string, string>; isSilent?: boolean } = { status: 200 };
  let server: Server;
  let url: string;
  let sender: ReturnType<typeof httpSender>;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => (body += chunk.toString()))
        .on('end', () => {
          seen.push({ headers: request.headers, body, path: request.url ?? '' });
          response.writeHead(answer.status, answer.headers).end('x'.repeat(100_000));
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    sender = httpSender({ sandboxUrl: url });
  });
  afterAll(async () => {
    await sender.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const secrets = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`, `whsec_${Buffer.alloc(32, 2).toString('base64')}`];
  const message = () => ({ id: 'whd_1', at: new Date(), payload: '{"type":"order.confirmed"}', secrets });

  it('carries the id, the time and one signature for every secret, over the bytes that are sent', async () => {
    answer = { status: 204 };
    expect(await sender.send(`${url.replace('127.0.0.1', 'localhost')}/webhooks/inbox/me?x=1`, message())).toEqual({
      kind: 'taken',
      status: 204,
    });
    const [arrived] = seen.splice(0);
    expect([arrived?.path, arrived?.body, arrived?.headers['webhook-id']]).toEqual([
      '/webhooks/inbox/me?x=1',
      '{"type":"order.confirmed"}',
      'whd_1',
    ]);
    for (const secret of secrets)
      expect(new Webhook(secret).verify(arrived?.body ?? '', arrived?.headers as Record<string, string>)).toEqual({
        type: 'order.confirmed',
      });
  });

  it('stays at the sandbox whatever the path looks like', async () => {
    answer = { status: 204 };
    const elsewhere = createServer((_, response) => response.writeHead(200).end());
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const paths = [`//127.0.0.1:${port}/latest`, `/\\127.0.0.1:${port}/latest`, `///127.0.0.1:${port}/latest`];
    const attempts = await Promise.all(paths.map((path) => sender.send(`${url}${path}`, message())));
    elsewhere.closeAllConnections();
    await new Promise((resolve) => elsewhere.close(resolve));
    expect(attempts).toEqual(paths.map(() => ({ kind: 'taken', status: 204 })));
    expect(
      seen
        .splice(0)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([`///127.0.0.1:${port}/latest`, `//127.0.0.1:${port}/latest`, `//127.0.0.1:${port}/latest`]);
  });

  it('says what was answered, and how long to wait; follows no redirect', async () => {
    answer = { status: 503, headers: { 'retry-after': '7' } };
    expect(await sender.send(url, message())).toEqual({ kind: 'not-taken', status: 503, because: 'answered 503', retryAfterMs: 7_000 });
    seen.splice(0);
    answer = { status: 302, headers: { location: `${url}/elsewhere` } };
    expect(await sender.send(url, message())).toEqual({ kind: 'not-taken', status: 302, because: 'answered 302' });
    expect(seen.map(({ path }) => path)).toEqual(['/']);
  });

  it('sends nothing to this machine, its network or names of it, but to the sandbox', async () => {
    const outside = httpSender({});
    seen.splice(0);
    const { port } = new URL(url);
    const texts = [
      url,
      `http://localhost:${port}/`,
      `http://2130706433:${port}/`,
      `http://0x7f.1:${port}/`,
      `http://[::1]:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://0:${port}/`,
      `http://localhost.:${port}/`,
    ];
    const attempts = await Promise.all(texts.map((text) => outside.send(text, message())));
    expect(attempts.map(({ kind, status }) => [kind, status])).toEqual(texts.map(() => ['not-taken', null]));
    const may = [
      ...texts,
      'http://169.254.169.254/latest',
      'http://10.0.0.1',
      'http://db.internal',
      'http://printer.local',
      'http://postgres:5432',
      'http://a.localhost',
    ];
    expect(await Promise.all(may.map((text) => outside.mayTell(new URL(text))))).toEqual(may.map(() => false));
    expect(await Promise.all([outside.mayTell(new URL('https://93.184.216.34/x')), sender.mayTell(new URL(url))])).toEqual([true, true]);
    expect(await sender.mayTell(new URL('http://127.0.0.1:1/'))).toBe(false);
    expect(seen).toEqual([]);
    await outside.close();
  });
});
