import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { Agent, request } from 'undici';
import { guardedLookup } from './public-address.js';
import { whyNotSent } from './why-not-sent.js';

describe('why a webhook was not answered', () => {
  const servers: Server[] = [];
  const quick = new Agent({ headersTimeout: 50, connect: { timeout: 1_000 } });
  afterAll(async () => {
    await quick.destroy();
    for (const server of servers) server.close();
  });

  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const whyNot = async (text: string, dispatcher: Agent = quick): Promise<string> => {
    const url = new URL(text);
    return request(url, { method: 'POST', dispatcher }).then(
      ({ statusCode }) => `answered ${statusCode}`,
      (error: unknown) => whyNotSent(error, url),
    );
  };

  it('is that its name cannot be found', async () => {
    expect(await whyNot('http://nosuch.tandem.invalid/')).toMatch(
      /^the name nosuch\.tandem\.invalid cannot be (found|looked up at the moment)$/,
    );
  });

  it('is that the connection was refused, broken off, or brought nothing in time', async () => {
    const gone = createTcpServer();
    const free = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const broken = await listen(createTcpServer((socket) => socket.destroy()));
    const silent = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
    const ports = [free, broken, silent];
    expect(await Promise.all(ports.map((port) => whyNot(`http://127.0.0.1:${port}/`)))).toEqual([
      '127.0.0.1 refused the connection',
      '127.0.0.1 broke the connection off',
      '127.0.0.1 did not answer in time',
    ]);
    expect(whyNotSent(new DOMException('aborted', 'TimeoutError'), new URL('http://shop.example'))).toBe(
      'shop.example did not answer in time',
    );
  });

  it('is that it speaks no TLS, or that its certificate is not valid', async () => {
    const plain = await listen(createTcpServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\n')));
    expect(await whyNot(`https://127.0.0.1:${plain}/`)).toBe('127.0.0.1 does not speak TLS as we do');
    const failing = (code: string) => whyNotSent(Object.assign(new Error('no'), { code }), new URL('https://shop.example'));
    expect(['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'DEPTH_ZERO_SELF_SIGNED_CERT'].map(failing)).toEqual([
      'the certificate of shop.example is not valid: it has expired',
      'the certificate of shop.example is not valid: it is for another name',
      'the certificate of shop.example is not valid: it is signed by itself',
    ]);
  });

  it('is that its name has a private address', async () => {
    const outside = new Agent({ connect: { lookup: guardedLookup(() => false) } });
    const said = await whyNot('http://localhost:1/', outside);
    await outside.destroy();
    expect(said).toBe('localhost is a private address: only those of the public internet are told');
  });

  it('is in the words of the failure when nobody has other ones', () => {
    expect(whyNotSent(new Error('something new'), new URL('http://shop.example'))).toBe('Error: something new');
  });
});
