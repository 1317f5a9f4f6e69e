import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, type INestApplication, Module } from '@nestjs/common';
import type { Server } from '@grpc/grpc-js';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Database } from '@tandem/kernel';
import { createMessaging, type EventLog, type Messaging } from '@tandem/messaging';
import { customerV1, opsV1 } from '@tandem/contracts';
import type { JSONWebKeySet } from 'jose';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type BaseConfig, type Environment, loadBaseConfig } from './config.js';
import { crashPoints, type Reach } from './crash-points/reach.js';
import { databaseWithCrashPoints, logWithCrashPoints, providerWithCrashPoints } from './crash-points/with-crash-points.js';
import { createDatabase, createPool } from './database.js';
import { openEventLog } from './event-log.js';
import { DeadLettersGrpc } from './grpc/dead-letters.grpc.js';
import { FlowGrpc, FlowSources } from './grpc/flow.grpc.js';
import { fullNameOf, unservedRpcs } from './grpc/definitions.js';
import { MeasureRpc } from './grpc/measure.js';
import type { Neighbours } from './grpc/neighbours.js';
import { OpsGrpc, OpsSources } from './grpc/ops.grpc.js';
import { createPeer, type Peer } from './grpc/peer.js';
import { PolicyGuard } from './grpc/policy-guard.js';
import { ScheduleSources, SchedulesGrpc } from './grpc/schedules.grpc.js';
import { GrpcProblemFilter } from './grpc/problem-filter.js';
import { addSystemRoutes } from './http/system-routes.js';
import { createIdentity, type Identity } from './identity.js';
import { newUuid } from './ids.js';
import { createLogger, nestLogger } from './logger.js';
import { createMetrics, measurePool, type Metrics } from './metrics.js';
import { createLoad, type Load } from './overload/load.js';
import { peerUrl } from './peer-url.js';
import { keyPruning } from './prune-keys.js';
import { createReadiness } from './readiness.js';
import { createSchedules, type Schedules } from './schedules.js';
import { type Composition, type Host, provide, type ServiceDefinition } from './service.js';
import { type Begun, drain } from './shutdown.js';
import { version } from './version.js';

/** A service that is up. */
export type RunningService = {
  readonly name: string;
  readonly app: INestApplication;
  readonly metrics: Metrics;
  /** Drains and closes (≤ 15 s): readiness off, requests and the message in hand finished, offsets committed, database last. Once. */
  stop(): Promise<void>;
};

export type BootOptions = {
  /** One log for several services of one process; closed by whoever made it. */
  readonly log?: EventLog;
  /** The services of this process, when there are several: they call each other without dialling. */
  readonly neighbours?: Neighbours;
  /** Where the services of this process, when there are several, leave what they measure: `/metrics` of each tells of all. */
  readonly registries?: Set<Registry>;
  /** Process figures are measured by one service of a process. Default true. */
  readonly measuresProcess?: boolean;
  /** Called when the service can never work again; the process should end. */
  readonly onFatal: (error: Error) => void;
};

@Module({})
class ServiceModule {}

/** `reach`: development's crash points; undefined when nobody proves anything. */
type Parts = { base: BaseConfig; logger: Logger; metrics: Metrics; pool: pg.Pool | undefined; log: EventLog | undefined; messaging: Messaging | undefined; identity: Identity; peers: Peer<object>[]; load: Load | undefined; schedules: Schedules | undefined; neighbours: Neighbours | undefined; reach: Reach | undefined; registries: ReadonlySet<Registry> };

/** Boots one service from its definition. Rejects when the configuration does not hold or an address is taken; nothing is left open then. */
export async function startService<C>(definition: ServiceDefinition<C>, env: Environment, options: BootOptions): Promise<RunningService> {
  const base = loadBaseConfig(definition.name, env);
  const config = definition.config(env);
  const parts = await openParts(definition, { base, env, options });
  const begun: Begun = { parts, ownsLog: !options.log };
  const stop = drain(begun);
  try {
    const composition = (begun.composition = withKeyPruning(await definition.compose(hostOf(definition, parts, env), config), parts));
    const missing = unservedRpcs(Object.values(definition.serves), composition.controllers);
    if (missing.length > 0) throw new TypeError(`${definition.name} cannot boot: ${missing.join('; ')}`);
    const readiness = (begun.readiness = createReadiness(definition.name, parts, composition));
    const app = (begun.app = await createApp(definition, { parts, composition, readiness, begun }));
    await composition.prepare?.(app);
    await app.startAllMicroservices();
    await parts.messaging?.start();
    for (const background of composition.background ?? []) await background.start();
    await listen(app, definition.publicPort?.(config), base);
    readiness.open();
    parts.logger.info({ grpc: base.grpcListen }, 'up');
    return { name: definition.name, app, metrics: parts.metrics, stop };
  } catch (error) {
    await Promise.race([stop(), sleep(undoLimitMs, undefined, { ref: false })]);
    throw error;
  }
}

/** A boot that failed waits no longer than this for what it had opened, milliseconds. */
const undoLimitMs = 2_000;

/** Besides its own work, a service with a database forgets old idempotency keys. */
function withKeyPruning(composition: Composition, { pool, schedules }: Parts): Composition {
  return pool && schedules ? { ...composition, background: [...(composition.background ?? []), keyPruning(createDatabase(pool), schedules)] } : composition;
}

async function openParts<C>(definition: ServiceDefinition<C>, { base, env, options }: { base: BaseConfig; env: Environment; options: BootOptions }): Promise<Parts> {
  const logger = createLogger(definition.name, base.logLevel);
  const metrics = createMetrics(definition.name, options.measuresProcess ?? true);
  const pool = definition.needs.database && base.databaseUrl ? createPool(base.databaseUrl, base.poolSize, logger) : undefined;
  if (pool) measurePool(metrics.registry, pool);
  const reach = base.crashPoints === null ? undefined : crashPoints(base.crashPoints, definition.name);
  const opened = definition.needs.events ? (options.log ?? openEventLog(base, logger)) : undefined;
  const log = opened && reach ? logWithCrashPoints(opened, reach) : opened;
  const database = pool && databaseOn(pool, reach);
  const messaging = database && log && base.databaseUrl
    ? createMessaging({
        service: definition.name, database, connectionString: base.databaseUrl, log, newId: newUuid, logger,
        registry: metrics.registry, validate: base.mode === 'development', onFatal: options.onFatal,
      })
    : undefined;
  const peers: Peer<object>[] = [];
  const customer = createPeer(customerV1.CustomerServiceService, { name: 'customer', url: peerUrl('customer', env), serviceToken: () => Promise.resolve(''), neighbours: options.neighbours });
  peers.push(customer);
  const fetchJwks = async (): Promise<JSONWebKeySet> => JSON.parse((await customer.getJwks({}, { isRepeatable: true })).json) as JSONWebKeySet;
  const identity = createIdentity({ service: definition.name, signingKey: base.serviceSigningKey, fetchJwks });
  const schedules = database && createSchedules(database, logger);
  return { base, logger, metrics, pool, log, messaging, identity, peers, load: undefined, schedules, neighbours: options.neighbours, reach, registries: (options.registries ?? new Set()).add(metrics.registry) };
}

function hostOf<C>(definition: ServiceDefinition<C>, parts: Parts, env: Environment): Host {
  const absent = (what: string): never => {
    throw new TypeError(`${definition.name} did not say that it needs ${what}`);
  };
  const { reach } = parts;
  const database = parts.pool && databaseOn(parts.pool, reach);
  return {
    name: definition.name,
    mode: parts.base.mode,
    base: parts.base,
    logger: parts.logger,
    metrics: parts.metrics,
    now: () => new Date(),
    identity: parts.identity,
    get database() { return database ?? absent('a database'); },
    get pool() { return parts.pool ?? absent('a database'); },
    get outbox() { return parts.messaging?.outbox ?? absent('events'); },
    get log() { return parts.log ?? absent('events'); },
    get schedules() { return parts.schedules ?? absent('a database'); },
    get load() { return (parts.load ??= createLoad(parts.metrics.registry)); },
    peer: (name, generated) => {
      const made = createPeer(generated, { name, url: peerUrl(name, env), serviceToken: () => parts.identity.serviceToken(), durations: parts.metrics.rpcCalled, neighbours: parts.neighbours, reach });
      parts.peers.push(made as Peer<object>);
      return made;
    },
    outside: (name, provider) => (reach ? providerWithCrashPoints(name, provider, reach) : provider),
  };
}

function databaseOn(pool: pg.Pool, reach: Reach | undefined): Database {
  const database = createDatabase(pool);
  return reach ? databaseWithCrashPoints(database, reach) : database;
}

type AppOptions = { parts: Parts; composition: Composition; readiness: ReturnType<typeof createReadiness>; begun: Begun };

async function createApp<C>(definition: ServiceDefinition<C>, { parts, composition, readiness, begun }: AppOptions): Promise<INestApplication> {
  const sources = new OpsSources(definition.name, readiness.blockers, parts.messaging?.operations, composition.auditFacts, () => parts.load?.facts());
  const module: DynamicModule = {
    module: ServiceModule,
    controllers: [...composition.controllers, OpsGrpc, DeadLettersGrpc, FlowGrpc, SchedulesGrpc],
    providers: [...composition.providers, provide(OpsSources, sources), provide(FlowSources, new FlowSources(definition.name, parts.pool && createDatabase(parts.pool))), provide(ScheduleSources, new ScheduleSources(definition.name, parts.schedules))],
  };
  // Trust in proxies, limits of bodies and headers, and two minutes for a whole request, 20 MB at 1.4 Mbit/s: the storefront's; the others answer only system routes.
  const trustProxy = parts.base.trustedProxies.length > 0 ? [...parts.base.trustedProxies] : false;
  const adapter = new FastifyAdapter({ trustProxy, bodyLimit: 100_000, requestTimeout: 120_000, routerOptions: { maxParamLength: 500 }, forceCloseConnections: 'idle', return503OnClosing: false, http: { maxHeaderSize: 16_384 } });
  const app = await NestFactory.create(module, adapter, { logger: nestLogger(parts.logger), abortOnError: false, rawBody: true });
  const generated = [...Object.values(definition.serves), opsV1.OpsServiceService];
  // Each way in has guards and filters of its own: HTTP its controllers', events none.
  const rpc = app.connectMicroservice<MicroserviceOptions>(grpcOptions(generated, parts.base, (server) => (begun.leave = parts.neighbours?.join(definition.name, server))), { inheritAppConfig: false, deferInitialization: true });
  rpc.useGlobalGuards(new PolicyGuard(parts.identity));
  rpc.useGlobalInterceptors(new MeasureRpc(parts.metrics.rpcServed));
  rpc.useGlobalFilters(new GrpcProblemFilter(parts.logger));
  if (parts.messaging) app.connectMicroservice<MicroserviceOptions>({ strategy: parts.messaging.strategy }, { inheritAppConfig: false });
  const about = { service: definition.name, version };
  addSystemRoutes(adapter.getInstance() as never, { isAccepting: readiness.isOpen, blockers: readiness.blockers, version: about }, parts.registries);
  return app;
}

function grpcOptions(definitions: readonly object[], base: BaseConfig, onServer: (server: Server) => void): MicroserviceOptions {
  const names = definitions.map(fullNameOf);
  return {
    transport: Transport.GRPC,
    options: {
      package: names.map((name) => name.package),
      packageDefinition: Object.fromEntries(definitions.map((definition, index) => [`${names[index]?.package}.${names[index]?.service}`, definition])),
      url: `${base.grpcListen.host}:${base.grpcListen.port}`,
      gracefulShutdown: true,
      onLoadPackageDefinition: (_definition: unknown, server: Server) => onServer(server),
    },
  };
}

async function listen(app: INestApplication, publicPort: number | undefined, base: BaseConfig): Promise<void> {
  const at = publicPort === undefined ? base.httpListen : { host: base.httpListen?.host ?? '127.0.0.1', port: publicPort };
  if (at) await app.listen(at.port, at.host);
  else await app.init();
}
