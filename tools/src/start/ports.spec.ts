import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { Failure } from '../failure.js';
import { freePort } from '../processes.js';
import { assignPorts } from './ports.js';

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('the ports of a system', () => {
  const anyPorts = { STOREFRONT_PORT: '0', SANDBOX_PORT: '0' };

  it('are those of the last run where they are free, and never one twice', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const ports = await assignPorts(['order.grpc', 'cart.grpc', 'postgres'], { 'order.grpc': a, 'cart.grpc': a, postgres: b }, anyPorts);
    expect(ports['order.grpc']).toBe(a);
    expect(ports['postgres']).toBe(b);
    expect(new Set(Object.values(ports)).size).toBe(Object.values(ports).length);
  });

  it.each([
    ['storefront', 'STOREFRONT_PORT', 'sandbox'],
    ['sandbox', 'SANDBOX_PORT', 'storefront'],
    ['smtp', 'SANDBOX_SMTP_PORT', 'storefront'],
    ['smtp', 'SANDBOX_SMTP_PORT', 'sandbox'],
  ])('are what was asked for: the %s by %s, also where the last run had it as the %s', async (name, variable, before) => {
    const port = await freePort();
    const ports = await assignPorts([], { [before]: port }, { ...anyPorts, [variable]: String(port) });
    expect(ports[name]).toBe(port);
    expect(ports[before]).not.toBe(port);
  });

  it('are others than those of a system that asks at the same moment, though it would like the same', async () => {
    const previous = { storefront: await freePort(), smtp: await freePort(), 'order.grpc': await freePort() };
    const asking = [1, 2].map(() => assignPorts(['order.grpc'], previous, anyPorts));
    const all = (await Promise.all(asking)).flatMap((ports) => Object.values(ports));
    expect(new Set(all).size).toBe(8);
    expect(all).toEqual(expect.arrayContaining(Object.values(previous)));
  });

  it('name the one that a system asks for at the same moment, with the way out', async () => {
    const port = await freePort();
    const asking = [1, 2].map(() => assignPorts([], {}, { ...anyPorts, SANDBOX_PORT: String(port) }));
    const answers = await Promise.allSettled(asking);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(Promise.all(asking)).rejects.toThrow(`Port ${port} for the sandbox is in use`);
  });

  it('name the busy one that was asked for, with the way out', async () => {
    const busy = await freePort();
    const server = await listening(busy);
    const asking = assignPorts([], {}, { ...anyPorts, STOREFRONT_PORT: String(busy) });
    await expect(asking).rejects.toThrow(new RegExp(`Port ${busy} for the storefront is in use[^]*STOREFRONT_PORT=0 npm start`));
    server.close();
  });

  it('give way where nobody knows them by heart', async () => {
    const busy = await freePort();
    const server = await listening(busy);
    const ports = await assignPorts([], {}, { ...anyPorts, SANDBOX_SMTP_PORT: String(busy) });
    expect(ports['smtp']).not.toBe(busy);
    server.close();
  });

  it.each([
    ['STOREFRONT_PORT', 'web'],
    ['STOREFRONT_PORT', '99999'],
    ['SANDBOX_PORT', '65536'],
    ['SANDBOX_SMTP_PORT', '-5'],
    ['SANDBOX_SMTP_PORT', '70000'],
  ])('refuse what is no port: %s=%s', async (variable, given) => {
    const asking = assignPorts([], {}, { ...anyPorts, [variable]: given });
    await expect(asking).rejects.toThrow(new Failure(`${variable}: got "${given}", wants a port, 0 to 65535.`));
  });

  it.each([
    [{ STOREFRONT_PORT: '4000', SANDBOX_PORT: '4000' }, 'STOREFRONT_PORT and SANDBOX_PORT are both 4000'],
    [{ STOREFRONT_PORT: '3100', SANDBOX_PORT: '' }, 'STOREFRONT_PORT and SANDBOX_PORT are both 3100'],
    [{ STOREFRONT_PORT: '4000', SANDBOX_SMTP_PORT: '4000' }, 'STOREFRONT_PORT and SANDBOX_SMTP_PORT are both 4000'],
    [{ SANDBOX_PORT: '4000', SANDBOX_SMTP_PORT: '4000' }, 'SANDBOX_PORT and SANDBOX_SMTP_PORT are both 4000'],
  ])('are refused where two variables want one, %j', async (env, message) => {
    const asking = assignPorts([], {}, { ...anyPorts, ...env });
    await expect(asking).rejects.toThrow(new Failure(`${message}; they want two ports. 0 takes a free one.`));
  });
});
