import fastify from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';
import { addSystemRoutes } from './system-routes.js';

/** What a service of a process measures. */
function registryOf(service: string, orders: number): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  new Counter({ name: 'orders_total', help: 'Orders', registers: [registry] }).inc(orders);
  if (service === 'order') new Histogram({ name: 'took_seconds', help: 'Time', buckets: [1], registers: [registry] }).observe(0.5);
  return registry;
}

it('tells what all services of a process measure, a metric under one heading, each sample with its service', async () => {
  const app = fastify();
  const state = { isAccepting: () => true, blockers: () => Promise.resolve([]), version: { service: 'storefront', version: '1' } };
  addSystemRoutes(app, state, new Set([registryOf('storefront', 1), registryOf('order', 2)]));
  const { body, headers } = await app.inject('/metrics');
  await app.close();
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toBe(`# HELP orders_total Orders
# TYPE orders_total counter
orders_total{service="storefront"} 1
orders_total{service="order"} 2

# HELP took_seconds Time
# TYPE took_seconds histogram
took_seconds_bucket{le="1",service="order"} 1
took_seconds_bucket{le="+Inf",service="order"} 1
took_seconds_sum{service="order"} 0.5
took_seconds_count{service="order"} 1
`);
});
