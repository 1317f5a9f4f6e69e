import { type Shape, internalPortNames, processesOf } from './system.js';

const services = ['order', 'sandbox', 'storefront'];
const ports = { 'order.grpc': 1, 'order.http': 2, 'order-2.grpc': 3, 'order-2.http': 4, 'sandbox.grpc': 5, 'storefront.grpc': 6 };
const peers = { SANDBOX_GRPC_URL: 'ipv4:127.0.0.1:5', STOREFRONT_GRPC_URL: 'ipv4:127.0.0.1:6' };

describe('the processes of a system', () => {
  it('are one that has every address, without internal HTTP', () => {
    const shape: Shape = { services, split: false, replicas: new Map() };
    expect(internalPortNames(shape)).toEqual(['order.grpc', 'sandbox.grpc', 'storefront.grpc']);
    expect(processesOf(shape, { 'order.grpc': 1, 'sandbox.grpc': 5, 'storefront.grpc': 6 }, { TANDEM_MODE: 'development' })).toEqual([
      {
        name: 'all',
        part: 'all',
        script: 'apps/all/dist/main.js',
        env: {
          TANDEM_MODE: 'development',
          ORDER_GRPC_URL: 'ipv4:127.0.0.1:1',
          ...peers,
          ORDER_GRPC_LISTEN: '127.0.0.1:1',
          SANDBOX_GRPC_LISTEN: '127.0.0.1:5',
          STOREFRONT_GRPC_LISTEN: '127.0.0.1:6',
        },
      },
    ]);
  });

  it('are one per instance when split; every caller knows every replica', () => {
    const shape: Shape = { services, split: true, replicas: new Map([['order', 2]]) };
    expect(internalPortNames(shape)).toEqual([
      'order.grpc',
      'order.http',
      'order-2.grpc',
      'order-2.http',
      'sandbox.grpc',
      'storefront.grpc',
    ]);
    const [, second, , storefront] = processesOf(shape, ports, {});
    expect(second).toEqual({
      name: 'order-2',
      part: 'order',
      script: 'apps/order/dist/main.js',
      env: { ORDER_GRPC_URL: 'ipv4:127.0.0.1:1,127.0.0.1:3', ...peers, ORDER_GRPC_LISTEN: '127.0.0.1:3', ORDER_HTTP_LISTEN: '127.0.0.1:4' },
    });
    expect(storefront?.env).toEqual({ ORDER_GRPC_URL: 'ipv4:127.0.0.1:1,127.0.0.1:3', ...peers, STOREFRONT_GRPC_LISTEN: '127.0.0.1:6' });
  });

  it('give a second storefront a public port of its own', () => {
    const shape: Shape = { services: ['storefront'], split: true, replicas: new Map([['storefront', 2]]) };
    expect(internalPortNames(shape)).toEqual(['storefront.grpc', 'storefront-2.grpc', 'storefront-2']);
    const both = processesOf(
      shape,
      { storefront: 3000, 'storefront.grpc': 6, 'storefront-2.grpc': 7, 'storefront-2': 8 },
      { STOREFRONT_PORT: '3000' },
    );
    expect(both.map(({ name, env }) => [name, env['STOREFRONT_PORT'], env['STOREFRONT_GRPC_LISTEN']])).toEqual([
      ['storefront', '3000', '127.0.0.1:6'],
      ['storefront-2', '8', '127.0.0.1:7'],
    ]);
  });

  it('refuses replicas of what there is not, and of what stands for the outside world', () => {
    const shape = (name: string): Shape => ({ services, split: true, replicas: new Map([[name, 2]]) });
    expect(() => internalPortNames(shape('orders'))).toThrow('there is no service "orders". Services: order, sandbox, storefront.');
    expect(() => internalPortNames(shape('sandbox'))).toThrow('the sandbox stands for the outside world, and there is one');
  });
});
