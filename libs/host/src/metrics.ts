import { Counter, Histogram, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type pg from 'pg';

/** Seconds; fine where a shop lives, coarse above. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What every service measures, in a registry of its own. */
export type Metrics = {
  readonly registry: Registry;
  readonly http: Histogram<'method' | 'route' | 'status'>;
  readonly rpcServed: Histogram<'rpc' | 'status'>;
  readonly rpcCalled: Histogram<'peer' | 'method' | 'status'>;
  readonly rpcRetried: Counter<'peer' | 'outcome'>;
};

/** `withProcess`: also CPU, memory and event-loop figures; once per process is enough. */
export function createMetrics(service: string, withProcess: boolean): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (withProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    http: new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'HTTP requests served',
      labelNames: ['method', 'route', 'status'],
      buckets,
      registers,
    }),
    rpcServed: new Histogram({
      name: 'rpc_server_duration_seconds',
      help: 'gRPC calls served',
      labelNames: ['rpc', 'status'],
      buckets,
      registers,
    }),
    rpcCalled: new Histogram({
      name: 'rpc_client_duration_seconds',
      help: 'gRPC calls made',
      labelNames: ['peer', 'method', 'status'],
      buckets,
      registers,
    }),
    rpcRetried: new Counter({
      name: 'rpc_client_retries_total',
      help: 'Second tries of gRPC calls: made, or denied because the budget was spent',
      labelNames: ['peer', 'outcome'],
      registers,
    }),
  };
}

/** Connections of the pool by state, read when scraped. */
export function measurePool(registry: Registry, pool: pg.Pool): void {
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections of the pool',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'used' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
}
